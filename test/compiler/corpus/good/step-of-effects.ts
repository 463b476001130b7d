// expect: none
import { effects, workflow } from "raftoral";
const { step, compute: act } = effects<{ readonly bank: { pay(n: number): Promise<number> } }>();
const charge = step("charge", (n: number, fx) => fx.deps.bank.pay(n));
export const wf = workflow({ name: "step-of-effects", version: 1, run: function* (input: { n: number }) {
  const paid = yield* charge(input.n);
  return paid + (yield* act("now", () => Date.now()));
} });
