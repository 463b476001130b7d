// expect: time @ line 5
import { workflow } from "raftoral";
const zero = (): number => 0;
export const wf = workflow({ name: "time-conditional-callee", version: 1, run: function* (input: { n: number }) {
  return (input.n > 1 ? Date.now : zero)() - input.n;
} });
