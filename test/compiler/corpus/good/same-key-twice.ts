// expect: none
import { checkpoint, variable, workflow } from "raftoral";
export const wf = workflow({ name: "same-key-twice", version: 1, run: function* (input: { n: number }) {
  const status = yield* variable("status", "new");
  yield* status.set("a");
  yield* status.set("b");
  yield* checkpoint("n", 1);
  yield* checkpoint("n", 2);
  return input.n;
} });
