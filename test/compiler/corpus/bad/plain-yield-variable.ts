// expect: plain-yield @ line 5
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "plain-yield-variable", version: 1, run: function* (input: { n: number }) {
  const op = checkpoint("n", input.n);
  yield op;
  return input.n;
} });
