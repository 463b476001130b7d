// expect: global-state @ line 5
import { workflow } from "raftoral";
const stats = { runs: 0 };
export const wf = workflow({ name: "state-object-property", version: 1, run: function* (input: { n: number }) {
  stats.runs++;
  return stats.runs;
} });
