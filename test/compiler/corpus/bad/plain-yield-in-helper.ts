// expect: plain-yield @ line 5
import { compute, workflow } from "raftoral";
function* pay(n: number): Generator<any, number, any> { return (yield compute("pay", async () => n)) as number; }
export const wf = workflow({ name: "plain-yield-in-helper", version: 1, run: function* (input: { n: number }) {
  return yield* pay(input.n);
} });
