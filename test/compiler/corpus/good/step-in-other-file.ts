// expect: none
import { charge } from "./_lib/steps.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "step-in-other-file", version: 1, run: function* (input: { n: number }) {
  return yield* charge(input.n);
} });
