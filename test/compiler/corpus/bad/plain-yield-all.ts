// expect: plain-yield @ line 4
import { all, checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "plain-yield-all", version: 1, run: function* (input: { n: number }) {
  yield all([checkpoint("a", 1), checkpoint("b", 2)]);
  return input.n;
} });
