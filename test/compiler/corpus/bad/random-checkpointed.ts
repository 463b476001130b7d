import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "random-checkpointed", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("at", Math.random());
  return input.n;
} });
