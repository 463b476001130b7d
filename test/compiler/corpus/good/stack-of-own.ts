// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "stack-of-own", version: 1, run: function* (input: { n: number }) {
  const stack: number[] = [];
  stack.push(input.n);
  const frame = { stack };
  return frame.stack.length;
} });
