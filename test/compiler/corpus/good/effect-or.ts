// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "effect-or", version: 1, run: function* (input: { n: number }) {
  return (yield* compute("a", () => 1)) || (yield* compute("b", () => 2));
} });
