// expect: global-state @ line 5
import { nextTicket } from "./_lib/tickets.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "state-in-other-file", version: 1, run: function* (input: { n: number }) {
  return nextTicket() + input.n;
} });
