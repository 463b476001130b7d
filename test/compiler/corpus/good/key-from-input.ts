// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "key-from-input", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("order-" + input.n, input.n);
  for (let i = 0; i < 2; i++) yield* checkpoint(`turn-${i}`, i);
  return input.n;
} });
