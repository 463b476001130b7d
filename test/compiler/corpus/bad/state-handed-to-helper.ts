// expect: global-state @ line 6
import { workflow } from "raftoral";
const stats = { runs: 0 };
const bump = (each: { runs: number }): void => { each.runs += 1; };
export const wf = workflow({ name: "state-handed-to-helper", version: 1, run: function* (input: { n: number }) {
  bump(stats);
  return input.n;
} });
