// expect: async @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-iife", version: 1, run: function* (input: { n: number }) {
  void (async () => 1)();
  return input.n;
} });
