// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "date-json", version: 1, run: function* (input: { n: number }) {
  return JSON.stringify({ at: new Date(input.n) });
} });
