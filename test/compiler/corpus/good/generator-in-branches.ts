// expect: none
import { checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "generator-in-branches", version: 1, run: function* (input: { n: number }) {
  const saving = remember(input.n);
  if (input.n > 1) return yield* saving;
  else return 1 + (yield* saving);
} });
