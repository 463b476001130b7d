// expect: unstable-key @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "random-key", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint(crypto.randomUUID(), input.n);
  return input.n;
} });
