// expect: non-serializable @ line 5
import { checkpoint, workflow } from "raftoral";
function* ticks(): Generator<number> { yield 1; }
export const wf = workflow({ name: "value-generator", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("ticks", ticks());
  return input.n;
} });
