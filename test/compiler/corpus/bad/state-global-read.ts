// expect: global-state @ line 5
import { workflow } from "raftoral";
declare global { var runs: number; }
export const wf = workflow({ name: "state-global-read", version: 1, run: function* (input: { n: number }) {
  return globalThis.runs + input.n;
} });
