// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-global-this", version: 1, run: function* (input: { n: number }) {
  return globalThis.Date.now() - input.n;
} });
