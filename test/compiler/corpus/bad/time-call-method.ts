// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-call-method", version: 1, run: function* (input: { n: number }) {
  return Date.now.call(Date) - input.n;
} });
