// expect: floating-effect @ line 5
import { step, workflow } from "raftoral";
const charge = step("charge", async (n: number) => n);
export const wf = workflow({ name: "floating-step", version: 1, run: function* (input: { n: number }) {
  charge(input.n);
  return input.n;
} });
