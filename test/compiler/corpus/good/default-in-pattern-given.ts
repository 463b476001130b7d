// expect: none
import { workflow } from "raftoral";
function late({ due, at = Date.now() }: { due: number; at?: number }): boolean { return at > due; }
export const wf = workflow({ name: "default-in-pattern-given", version: 1, run: function* (input: { n: number }) {
  return late({ due: input.n, at: 5 });
} });
