// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-iife", version: 1, run: function* (input: { n: number }) {
  return (() => Date.now() - input.n)();
} });
