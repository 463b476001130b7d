// expect: nested-effect @ line 5
import { checkpoint, compute, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "nested-helper", version: 1, run: function* (input: { n: number }) {
  yield* compute("a", async () => { remember(1); return 1; });
  return input.n;
} });
