// expect: none
import { all, compute, workflow } from "raftoral";
export const wf = workflow({ name: "effects-in-variables", version: 1, run: function* (input: { n: number }) {
  const first = compute("a", () => 1);
  const second = compute("b", () => 2);
  const both = yield* all([first, second]);
  return both[0] + both[1];
} });
