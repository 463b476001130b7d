// expect: time @ line 5
import { checkpoint, type Gen, workflow } from "raftoral";
const body = function* (input: { n: number }): Gen<number> {
  yield* checkpoint("n", input.n);
  return Date.now();
};
export const wf = workflow({ name: "time-body-variable", version: 1, run: body });
