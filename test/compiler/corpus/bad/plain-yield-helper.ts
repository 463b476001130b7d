// expect: plain-yield @ line 5
import { checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "plain-yield-helper", version: 1, run: function* (input: { n: number }) {
  yield remember(input.n);
  return input.n;
} });
