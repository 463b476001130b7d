// expect: non-serializable @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "value-promise-inside", version: 1, run: function* (input: { n: number }) {
  yield* compute("a", () => ({ later: Promise.resolve(1) }));
  return input.n;
} });
