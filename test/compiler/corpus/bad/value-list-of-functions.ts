// expect: non-serializable @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "value-list-of-functions", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("all", [() => 1, () => 2]);
  return input.n;
} });
