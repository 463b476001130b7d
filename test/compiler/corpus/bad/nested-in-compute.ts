// expect: nested-effect @ line 4
import { checkpoint, compute, workflow } from "raftoral";
export const wf = workflow({ name: "nested-in-compute", version: 1, run: function* (input: { n: number }) {
  yield* compute("a", async () => { checkpoint("b", 1); return 1; });
  return input.n;
} });
