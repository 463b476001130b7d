// expect: none
import { workflow } from "raftoral";
const Math = { random: (seed: number): number => (seed * 16807) % 2147483647 };
export const wf = workflow({ name: "shadowed-math", version: 1, run: function* (input: { n: number }) {
  return Math.random(input.n);
} });
