// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-element-access", version: 1, run: function* (input: { n: number }) {
  return Date["now"]() - input.n;
} });
