// expect: time @ line 5
import { workflow } from "raftoral";
function late({ due, at = Date.now() }: { due: number; at?: number }): boolean { return at > due; }
export const wf = workflow({ name: "time-default-in-pattern", version: 1, run: function* (input: { n: number }) {
  return late({ due: input.n });
} });
