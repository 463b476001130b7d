// expect: none
import { workflow } from "raftoral";
let limit = 5;
export const wf = workflow({ name: "module-let-never-written", version: 1, run: function* (input: { n: number }) {
  return input.n > limit;
} });
