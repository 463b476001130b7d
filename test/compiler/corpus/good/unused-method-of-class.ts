// expect: none
import { workflow } from "raftoral";
class Tools { now(): number { return Date.now(); } twice(n: number): number { return n * 2; } }
export const wf = workflow({ name: "unused-method-of-class", version: 1, run: function* (input: { n: number }) {
  return new Tools().twice(input.n);
} });
