// expect: time @ line 5
import { workflow } from "raftoral";
const D = Date;
export const wf = workflow({ name: "time-alias-class", version: 1, run: function* (input: { n: number }) {
  return new D().getTime() - input.n;
} });
