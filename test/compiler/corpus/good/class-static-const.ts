// expect: none
import { workflow } from "raftoral";
class Limits { static readonly max = 10; static over(n: number): boolean { return n > Limits.max; } }
export const wf = workflow({ name: "class-static-const", version: 1, run: function* (input: { n: number }) {
  return Limits.over(input.n);
} });
