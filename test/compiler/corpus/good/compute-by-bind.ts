// expect: none
import { compute, workflow } from "raftoral";
function later(this: void, ms: number): number { return Date.now() + ms; }
export const wf = workflow({ name: "compute-by-bind", version: 1, run: function* (input: { n: number }) {
  return yield* compute("now", later.bind(undefined, 5));
} });
