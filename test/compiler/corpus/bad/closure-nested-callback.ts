// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-nested-callback", version: 1, run: function* (input: { n: number; list: number[] }) {
  let sum = 0;
  yield* compute("find", () => { input.list.forEach((each) => { sum += each; }); return true; });
  return sum;
} });
