// expect: closure-mutation @ line 6
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-local-function", version: 1, run: function* (input: { n: number }) {
  let sum = 0;
  const add = (n: number): void => { sum += n; };
  yield* compute("find", () => { add(1); return true; });
  return sum;
} });
