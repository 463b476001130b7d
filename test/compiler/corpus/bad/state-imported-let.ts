// expect: global-state @ line 5
import { issued } from "./_lib/tickets.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "state-imported-let", version: 1, run: function* (input: { n: number }) {
  return issued + input.n;
} });
