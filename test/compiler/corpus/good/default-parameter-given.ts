// expect: none
import { workflow } from "raftoral";
function late(due: number, at = Date.now()): boolean { return at > due; }
export const wf = workflow({ name: "default-parameter-given", version: 1, run: function* (input: { n: number }) {
  return late(input.n, 5);
} });
