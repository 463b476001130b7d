// expect: random @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-math", version: 1, run: function* (input: { n: number }) {
  return Math.random() > 0.5 ? input.n : 0;
} });
