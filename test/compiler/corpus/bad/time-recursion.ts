// expect: time @ line 6
import { workflow } from "raftoral";
function even(n: number): boolean { return n === 0 ? true : odd(n - 1); }
function odd(n: number): boolean { return n === 0 ? Date.now() > 0 : even(n - 1); }
export const wf = workflow({ name: "time-recursion", version: 1, run: function* (input: { n: number }) {
  return even(input.n);
} });
