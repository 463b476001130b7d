// expect: plain-yield @ line 5
import { step, workflow } from "raftoral";
const charge = step("charge", async (n: number) => n);
export const wf = workflow({ name: "plain-yield-step", version: 1, run: function* (input: { n: number }) {
  const paid = yield charge(input.n);
  return paid;
} });
