// expect: none
import { workflow } from "raftoral";
let hits = 0;
export function hit(): number { hits += 1; return hits; }
export const wf = workflow({ name: "module-state-of-others", version: 1, run: function* (input: { n: number }) {
  return input.n;
} });
