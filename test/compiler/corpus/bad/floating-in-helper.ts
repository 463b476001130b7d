// expect: floating-effect @ line 5
import { checkpoint, type Gen, sleep, workflow } from "raftoral";
function* note(n: number): Gen<void> { checkpoint("n", n); yield* sleep("1s"); }
export const wf = workflow({ name: "floating-in-helper", version: 1, run: function* (input: { n: number }) {
  yield* note(input.n);
  return input.n;
} });
