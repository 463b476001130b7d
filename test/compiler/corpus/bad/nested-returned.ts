// expect: nested-effect @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "nested-returned", version: 1, run: function* (input: { n: number }) {
  yield* compute("a", () => compute("b", () => 1) as any);
  return input.n;
} });
