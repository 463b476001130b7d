// expect: time @ line 6
import { workflow } from "raftoral";
interface Clock { now(): number }
const age = (bornAt: number, clock: Clock): number => clock.now() - bornAt;
export const wf = workflow({ name: "time-passed-in-object", version: 1, run: function* (input: { n: number }) {
  return age(input.n, { now: () => Date.now() });
} });
