// expect: floating-effect @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "floating-void", version: 1, run: function* (input: { n: number }) {
  void checkpoint("n", input.n);
  return input.n;
} });
