// expect: global-state @ line 5
import { workflow } from "raftoral";
const seen: number[] = [];
export const wf = workflow({ name: "state-array-push", version: 1, run: function* (input: { n: number }) {
  seen.push(input.n);
  return seen.length;
} });
