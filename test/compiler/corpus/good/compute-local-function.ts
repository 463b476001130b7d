// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "compute-local-function", version: 1, run: function* (input: { n: number }) {
  const read = (): number => Date.now() + Math.random();
  return yield* compute("now", read);
} });
