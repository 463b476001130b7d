// expect: time @ line 5
import { performance as perf } from "node:perf_hooks";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-perf-hooks", version: 1, run: function* (input: { n: number }) {
  return perf.now() - input.n;
} });
