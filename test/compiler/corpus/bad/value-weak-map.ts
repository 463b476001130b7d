// expect: non-serializable @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "value-weak-map", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("a", new WeakMap<object, number>());
  return input.n;
} });
