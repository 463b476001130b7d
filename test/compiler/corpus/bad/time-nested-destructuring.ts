// expect: time @ line 5
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-nested-destructuring", version: 1, run: function* (input: { n: number }) {
  const { Date: { now } } = globalThis;
  return now() - input.n;
} });
