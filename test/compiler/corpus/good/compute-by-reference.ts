// expect: none
import { compute, workflow } from "raftoral";
const readClock = (): number => Date.now();
export const wf = workflow({ name: "compute-by-reference", version: 1, run: function* (input: { n: number }) {
  return yield* compute("now", readClock);
} });
