// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-local-in-compute", version: 1, run: function* (input: { n: number; list: number[] }) {
  return yield* compute("sum", () => {
    let sum = 0;
    const seen: number[] = [];
    for (const each of input.list) { sum += each; seen.push(each); }
    return sum + seen.length;
  });
} });
