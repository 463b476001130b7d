// expect: global-state @ line 6
import { workflow } from "raftoral";
function counter(): () => number { let count = 0; return () => ++count; }
const next = counter();
export const wf = workflow({ name: "state-closure-counter", version: 1, run: function* (input: { n: number }) {
  return next() + input.n;
} });
