// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "effect-chosen", version: 1, run: function* (input: { n: number }) {
  const op = input.n > 1 ? checkpoint("a", 1) : checkpoint("b", 2);
  return yield* op;
} });
