// expect: none
import { checkpoint, compute, workflow } from "raftoral";
export const wf = workflow({ name: "catch-rethrow", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    yield* checkpoint("undo", true);
    throw error;
  }
  return input.n;
} });
