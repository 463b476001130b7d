// expect: concurrency @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "concurrency-shared", version: 1, run: function* (input: { n: number }) {
  return new SharedArrayBuffer(input.n).byteLength;
} });
