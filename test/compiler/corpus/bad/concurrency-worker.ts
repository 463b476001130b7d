// expect: concurrency @ line 5
import { Worker } from "node:worker_threads";
import { workflow } from "raftoral";
export const wf = workflow({ name: "concurrency-worker", version: 1, run: function* (input: { n: number }) {
  new Worker("./x.js");
  return input.n;
} });
