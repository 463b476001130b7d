// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-date-call", version: 1, run: function* (input: { n: number }) {
  return Date().length + input.n;
} });
