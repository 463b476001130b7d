// expect: nested-effect @ line 5
import { sleep, step, workflow } from "raftoral";
const charge = step("charge", async (n: number) => { sleep("1s"); return n; });
export const wf = workflow({ name: "nested-in-step", version: 1, run: function* (input: { n: number }) {
  return yield* charge(input.n);
} });
