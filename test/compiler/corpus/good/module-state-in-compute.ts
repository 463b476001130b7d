// expect: none
import { compute, workflow } from "raftoral";
let hits = 0;
export const wf = workflow({ name: "module-state-in-compute", version: 1, run: function* (input: { n: number }) {
  const count = yield* compute("count", () => { hits += 1; return hits; });
  return count + input.n;
} });
