// expect: none
import { compute, workflow } from "raftoral";
const age = (bornAt: number, clock: () => number): number => clock() - bornAt;
export const wf = workflow({ name: "clock-as-argument", version: 1, run: function* (input: { n: number }) {
  const t = yield* compute("now", () => Date.now());
  return age(input.n, () => t);
} });
