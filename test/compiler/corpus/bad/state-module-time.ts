// expect: global-state @ line 5
import { workflow } from "raftoral";
const startedAt = Date.now();
export const wf = workflow({ name: "state-module-time", version: 1, run: function* (input: { n: number }) {
  return startedAt - input.n;
} });
