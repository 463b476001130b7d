// expect: none
import { compute, workflow } from "raftoral";
interface Clock { now(): number }
const host: Clock = { now: () => Date.now() };
const age = (bornAt: number, clock: Clock): number => clock.now() - bornAt;
export const wf = workflow({ name: "clock-object-as-argument", version: 1, run: function* (input: { n: number }) {
  const t = yield* compute("now", () => host.now());
  return age(input.n, { now: () => t });
} });
