// expect: time @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "time-sleep-duration", version: 1, run: function* (input: { n: number }) {
  yield* sleep(input.n - Date.now());
  return input.n;
} });
