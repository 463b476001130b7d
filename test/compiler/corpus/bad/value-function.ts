// expect: non-serializable @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "value-function", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("later", () => 1);
  return input.n;
} });
