// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-hrtime", version: 1, run: function* (input: { n: number }) {
  const [s] = process.hrtime();
  return s;
} });
