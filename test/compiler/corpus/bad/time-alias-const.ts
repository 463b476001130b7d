// expect: time @ line 5
import { workflow } from "raftoral";
const clock = Date.now;
export const wf = workflow({ name: "time-alias-const", version: 1, run: function* (input: { n: number }) {
  return clock() - input.n;
} });
