// expect: time @ line 5
import { workflow } from "raftoral";
function* ticks(): Generator<number> { yield Date.now(); }
export const wf = workflow({ name: "time-own-generator", version: 1, run: function* (input: { n: number }) {
  return [...ticks()].length + input.n;
} });
