// expect: nested-effect @ line 4
import { checkpoint, compute, workflow } from "raftoral";
export const wf = workflow({ name: "nested-yield-star", version: 1, run: function* (input: { n: number }) {
  yield* compute("a", function* () { yield* checkpoint("b", 1); return 1; } as any);
  return input.n;
} });
