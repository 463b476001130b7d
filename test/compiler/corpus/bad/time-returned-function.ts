// expect: time @ line 6
import { workflow } from "raftoral";
const reader = (): (() => number) => () => Date.now();
export const wf = workflow({ name: "time-returned-function", version: 1, run: function* (input: { n: number }) {
  const read = reader();
  return read() - input.n;
} });
