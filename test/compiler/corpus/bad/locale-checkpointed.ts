import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "locale-checkpointed", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("at", new Date(input.n).toLocaleDateString());
  return input.n;
} });
