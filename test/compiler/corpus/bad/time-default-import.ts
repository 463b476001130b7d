// expect: time @ line 5
import clock from "./_lib/default-clock.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-default-import", version: 1, run: function* (input: { n: number }) {
  return clock() - input.n;
} });
