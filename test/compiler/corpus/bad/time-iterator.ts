// expect: time @ line 6
import { workflow } from "raftoral";
class Ticks { *[Symbol.iterator](): Generator<number> { yield Date.now(); } }
export const wf = workflow({ name: "time-iterator", version: 1, run: function* (input: { n: number }) {
  let sum = 0;
  for (const tick of new Ticks()) sum += tick;
  return sum + input.n;
} });
