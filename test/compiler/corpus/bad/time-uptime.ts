// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-uptime", version: 1, run: function* (input: { n: number }) {
  return process.uptime() > input.n;
} });
