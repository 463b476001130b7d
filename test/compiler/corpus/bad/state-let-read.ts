// expect: global-state @ line 6
import { workflow } from "raftoral";
let limit = 5;
export function setLimit(value: number): void { limit = value; }
export const wf = workflow({ name: "state-let-read", version: 1, run: function* (input: { n: number }) {
  return input.n > limit;
} });
