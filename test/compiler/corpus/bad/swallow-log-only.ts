// expect: swallow @ line 6
import { compute, log, workflow } from "raftoral";
export const wf = workflow({ name: "swallow-log-only", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    yield* log("failed: " + String(error));
  }
  return input.n;
} });
