// expect: gc @ line 5
import * as v8 from "node:v8";
import { workflow } from "raftoral";
export const wf = workflow({ name: "gc-v8", version: 1, run: function* (input: { n: number }) {
  return v8.getHeapStatistics().heap_size_limit > input.n;
} });
