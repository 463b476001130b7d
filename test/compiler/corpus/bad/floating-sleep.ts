// expect: floating-effect @ line 4
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "floating-sleep", version: 1, run: function* (input: { n: number }) {
  sleep("1s");
  yield* checkpoint("n", input.n);
  return input.n;
} });
