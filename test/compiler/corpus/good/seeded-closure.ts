// expect: none
import { workflow } from "raftoral";
const seeded = (seed: number): (() => number) => { let state = seed; return () => { state = (state * 16807) % 2147483647; return state; }; };
export const wf = workflow({ name: "seeded-closure", version: 1, run: function* (input: { n: number }) {
  const next = seeded(input.n);
  return next() + next();
} });
