// expect: unstable-key @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "key-random", version: 1, run: function* (input: { n: number }) {
  yield* compute("send-" + Math.random(), async () => 1);
  return input.n;
} });
