// expect: none
import { step, workflow } from "raftoral";
const charge = step("charge", async (n: number) => { console.log(n, process.env["HOME"]); return Date.now() + n; });
export const wf = workflow({ name: "step-at-module-level", version: 1, run: function* (input: { n: number }) {
  return yield* charge(input.n);
} });
