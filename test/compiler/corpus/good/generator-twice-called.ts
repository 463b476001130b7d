// expect: none
import { checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "generator-twice-called", version: 1, run: function* (input: { n: number }) {
  const first = yield* remember(input.n);
  return first + (yield* remember(input.n));
} });
