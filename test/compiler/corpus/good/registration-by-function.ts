// expect: none
import { checkpoint, type Gen, workflow } from "raftoral";
const define = (name: string, run: (input: { n: number }) => Gen<number>) => workflow({ name, version: 1, run });
export const wf = define("registration-by-function", function* (input) {
  yield* checkpoint("n", input.n);
  return input.n;
});
