// expect: floating-effect @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "floating-ternary", version: 1, run: function* (input: { n: number }) {
  input.n > 1 ? checkpoint("a", 1) : checkpoint("b", 2);
  return input.n;
} });
