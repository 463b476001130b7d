// expect: time @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "time-performance", version: 1, run: function* (input: { n: number }) {
  const t = performance.now();
  yield* checkpoint("t", t);
  return t;
} });
