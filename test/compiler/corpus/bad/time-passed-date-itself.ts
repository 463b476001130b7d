// expect: time @ line 5
import { workflow } from "raftoral";
const age = (bornAt: number, clock: { now(): number }): number => clock.now() - bornAt;
export const wf = workflow({ name: "time-passed-date-itself", version: 1, run: function* (input: { n: number }) {
  return age(input.n, Date);
} });
