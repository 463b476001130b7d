// expect: time @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "time-checkpointed", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("at", Date.now());
  return input.n;
} });
