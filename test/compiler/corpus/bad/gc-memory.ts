// expect: gc @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "gc-memory", version: 1, run: function* (input: { n: number }) {
  return process.memoryUsage().heapUsed > input.n;
} });
