// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-hrtime-bigint", version: 1, run: function* (input: { n: number }) {
  return Number(process.hrtime.bigint()) > input.n;
} });
