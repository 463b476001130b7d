// expect: closure-mutation @ line 6
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-destructuring", version: 1, run: function* (input: { n: number }) {
  let a = 0;
  let b = 0;
  yield* compute("find", () => { [a, b] = [1, 2]; return true; });
  return a + b;
} });
