// expect: time @ line 5
import { workflow } from "raftoral";
const clock = Date.now.bind(Date);
export const wf = workflow({ name: "time-bind", version: 1, run: function* (input: { n: number }) {
  return clock() - input.n;
} });
