// expect: none
import { compute, workflow } from "raftoral";
const age = (bornAt: number, clock: () => number): number => clock() - bornAt;
export const wf = workflow({ name: "clock-two-callers", version: 1, run: function* (input: { n: number }) {
  const measured = yield* compute("age", () => age(input.n, Date.now));
  return measured + age(input.n, () => 5);
} });
