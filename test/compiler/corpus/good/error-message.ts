// expect: none
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "error-message", version: 1, run: function* (input: { n: number }) {
  try {
    yield* sleep("1s");
  } catch (error) {
    yield* checkpoint("why", error instanceof Error ? `${error.name}: ${error.message}` : "unknown");
    throw error;
  }
  return input.n;
} });
