// expect: random @ line 4
import { step, workflow } from "raftoral";
export const wf = workflow({ name: "key-of-step", version: 1, run: function* (input: { n: number }) {
  const charge = step(`charge-${Math.random()}`, async (n: number) => n);
  return yield* charge(input.n);
} });
