// expect: closure-mutation @ line 5
import { step, workflow } from "raftoral";
export const wf = workflow({ name: "closure-step-in-body", version: 1, run: function* (input: { n: number }) {
  let last = 0;
  const charge = step("charge", async (n: number) => { last = n; return n; });
  yield* charge(input.n);
  return last;
} });
