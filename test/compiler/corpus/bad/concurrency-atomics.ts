// expect: concurrency @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "concurrency-atomics", version: 1, run: function* (input: { n: number }) {
  return Atomics.add(new Int32Array(4), 0, input.n);
} });
