// expect: time @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "time-date-now", version: 1, run: function* (input: { n: number }) {
  const t = Date.now();
  if (t > input.n) yield* sleep("1s");
  return t;
} });
