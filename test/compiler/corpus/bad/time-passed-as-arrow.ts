// expect: time @ line 5
import { workflow } from "raftoral";
const age = (bornAt: number, clock: () => number): number => clock() - bornAt;
export const wf = workflow({ name: "time-passed-as-arrow", version: 1, run: function* (input: { n: number }) {
  return age(input.n, () => Date.now());
} });
