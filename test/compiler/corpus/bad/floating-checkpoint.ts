// expect: floating-effect @ line 4
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "floating-checkpoint", version: 1, run: function* (input: { n: number }) {
  checkpoint("n", input.n);
  yield* sleep("1s");
  return input.n;
} });
