// expect: async @ line 5
import { EventEmitter, once } from "node:events";
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-events-once", version: 1, run: function* (input: { n: number }) {
  void once(new EventEmitter(), "x");
  return input.n;
} });
