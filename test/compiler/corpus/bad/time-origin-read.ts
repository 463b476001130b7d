// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-origin-read", version: 1, run: function* (input: { n: number }) {
  return performance.timeOrigin + input.n;
} });
