// expect: time @ line 5
import { workflow } from "raftoral";
const clock: { now?: () => number } = { now: () => Date.now() };
export const wf = workflow({ name: "time-optional-call", version: 1, run: function* (input: { n: number }) {
  return (clock.now?.() ?? 0) - input.n;
} });
