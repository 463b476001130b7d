// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "compute-global-reference", version: 1, run: function* (input: { n: number }) {
  return yield* compute("now", Date.now);
} });
