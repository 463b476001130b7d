// expect: generator-reuse @ line 7
import { checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "reuse-twice", version: 1, run: function* (input: { n: number }) {
  const saving = remember(input.n);
  const first = yield* saving;
  const second = yield* saving;
  return first + second;
} });
