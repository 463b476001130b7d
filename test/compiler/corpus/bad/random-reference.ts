// expect: random @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-reference", version: 1, run: function* (input: { n: number }) {
  return Array.from({ length: 3 }, Math.random).length + input.n;
} });
