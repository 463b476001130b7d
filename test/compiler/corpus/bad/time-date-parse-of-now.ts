// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-date-parse-of-now", version: 1, run: function* (input: { n: number }) {
  return Date.parse(new Date().toISOString()) - input.n;
} });
