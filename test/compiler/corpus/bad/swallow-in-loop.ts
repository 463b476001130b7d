// expect: swallow @ line 7
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "swallow-in-loop", version: 1, run: function* (input: { n: number }) {
  for (let i = 0; i < 3; i++) {
    try {
      return yield* compute("a", async () => 1);
    } catch { continue; }
  }
  return input.n;
} });
