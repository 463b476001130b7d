// expect: none
import { step, workflow } from "raftoral";
async function pay(n: number): Promise<number> { return (await fetch("https://a.test")).status + n; }
const charge = step("charge", pay);
export const wf = workflow({ name: "step-by-reference", version: 1, run: function* (input: { n: number }) {
  return yield* charge(input.n);
} });
