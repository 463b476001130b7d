// expect: none
import { stamp, twice } from "./_lib/barrel.js";
import { workflow } from "raftoral";
export { stamp };
export const wf = workflow({ name: "unused-import", version: 1, run: function* (input: { n: number }) {
  return twice(input.n);
} });
