// expect: global-state @ line 6
import { workflow } from "raftoral";
let left = 1;
let right = 2;
export const wf = workflow({ name: "state-swap", version: 1, run: function* (input: { n: number }) {
  [left, right] = [right, left];
  return left + input.n;
} });
