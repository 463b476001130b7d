// expect: non-serializable @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "value-symbol", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("tag", Symbol("x"));
  return input.n;
} });
