// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-new-date-return", version: 1, run: function* (input: { n: number }) {
  return new Date().toISOString();
} });
