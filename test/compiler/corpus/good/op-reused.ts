// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "op-reused", version: 1, run: function* (input: { n: number }) {
  const save = checkpoint("n", input.n);
  yield* save;
  return yield* save;
} });
