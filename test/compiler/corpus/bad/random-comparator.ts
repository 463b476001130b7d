// expect: random @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-comparator", version: 1, run: function* (input: { n: number; list: number[] }) {
  return [...input.list].sort(() => Math.random() - 0.5);
} });
