// expect: time @ line 5
import { stamp } from "./_lib/barrel.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-re-export", version: 1, run: function* (input: { n: number }) {
  return stamp() - input.n;
} });
