// expect: none
import { checkpoint, compute, workflow } from "raftoral";
export const wf = workflow({ name: "key-from-effect", version: 1, run: function* (input: { n: number }) {
  const id = yield* compute("id", () => crypto.randomUUID());
  yield* checkpoint("for-" + id, input.n);
  return id;
} });
