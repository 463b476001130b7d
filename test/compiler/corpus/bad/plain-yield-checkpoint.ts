// expect: plain-yield @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "plain-yield-checkpoint", version: 1, run: function* (input: { n: number }) {
  yield checkpoint("n", input.n);
  return input.n;
} });
