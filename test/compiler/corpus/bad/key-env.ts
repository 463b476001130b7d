// expect: unstable-key @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "key-env", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint(`at-${process.env["HOST"]}`, input.n);
  return input.n;
} });
