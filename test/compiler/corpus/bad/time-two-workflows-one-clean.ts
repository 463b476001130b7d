// expect: time @ line 9
import { workflow } from "raftoral";
const age = (bornAt: number, clock: () => number): number => clock() - bornAt;
export const clean = workflow({ name: "time-two-workflows-clean", version: 1, run: function* (input: { n: number }) {
  return age(input.n, () => 5);
} });
export const wf = workflow({ name: "time-two-workflows-one-clean", version: 1, run: function* (input: { n: number }) {
  const sum = age(input.n, () => 1);
  return sum + age(input.n, () => Date.now());
} });
