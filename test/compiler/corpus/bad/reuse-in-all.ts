// expect: generator-reuse @ line 6
import { all, checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "reuse-in-all", version: 1, run: function* (input: { n: number }) {
  const saving = remember(input.n);
  return yield* all([saving, saving]);
} });
