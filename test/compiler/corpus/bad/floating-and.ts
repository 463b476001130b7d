// expect: floating-effect @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "floating-and", version: 1, run: function* (input: { n: number }) {
  input.n > 1 && checkpoint("n", input.n);
  return input.n;
} });
