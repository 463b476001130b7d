import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "env-checkpointed", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("at", process.pid);
  return input.n;
} });
