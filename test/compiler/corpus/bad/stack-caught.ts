// expect: error-stack @ line 7
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "stack-caught", version: 1, run: function* (input: { n: number }) {
  try {
    yield* sleep("1s");
  } catch (error) {
    yield* checkpoint("stack", (error as Error).stack);
    throw error;
  }
  return input.n;
} });
