// expect: time @ line 5
import * as clocks from "./_lib/barrel.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-namespace", version: 1, run: function* (input: { n: number }) {
  return clocks.stamp() - input.n;
} });
