// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-shadow-in-compute", version: 1, run: function* (input: { n: number }) {
  let sum = 0;
  const other = yield* compute("sum", () => { let sum = 1; sum += 1; return sum; });
  sum += other;
  return sum;
} });
