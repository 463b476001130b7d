// expect: swallow @ line 6
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "swallow-empty", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch {}
  return input.n;
} });
