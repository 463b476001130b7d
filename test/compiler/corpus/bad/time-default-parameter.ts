// expect: time @ line 5
import { workflow } from "raftoral";
function late(due: number, at = Date.now()): boolean { return at > due; }
export const wf = workflow({ name: "time-default-parameter", version: 1, run: function* (input: { n: number }) {
  return late(input.n);
} });
