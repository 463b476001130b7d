// expect: generator-reuse @ line 7
import { checkpoint, type Gen, workflow } from "raftoral";
function* remember(n: number): Gen<number> { yield* checkpoint("n", n); return n; }
export const wf = workflow({ name: "reuse-in-loop", version: 1, run: function* (input: { n: number }) {
  const saving = remember(input.n);
  let sum = 0;
  for (let i = 0; i < 3; i++) sum += yield* saving;
  return sum;
} });
