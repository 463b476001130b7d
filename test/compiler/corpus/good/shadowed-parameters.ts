// expect: none
import { workflow } from "raftoral";
const sum = (Date: { now(): number }, fetch: (n: number) => number): number => Date.now() + fetch(1);
export const wf = workflow({ name: "shadowed-parameters", version: 1, run: function* (input: { n: number }) {
  return sum({ now: () => input.n }, (n) => n + 1);
} });
