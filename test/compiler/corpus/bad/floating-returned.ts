// expect: floating-effect @ line 5
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "floating-returned", version: 1, run: function* (input: { n: number }) {
  yield* sleep("1s");
  return checkpoint("n", input.n);
} });
