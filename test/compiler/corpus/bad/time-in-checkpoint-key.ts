// expect: time @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "time-in-checkpoint-key", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("at-" + new Date().toISOString(), input.n);
  return input.n;
} });
