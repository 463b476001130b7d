// expect: unstable-key @ line 6
import { checkpoint, workflow } from "raftoral";
let count = 0;
export const wf = workflow({ name: "key-state", version: 1, run: function* (input: { n: number }) {
  count += 1;
  yield* checkpoint(`n-${count}`, input.n);
  return input.n;
} });
