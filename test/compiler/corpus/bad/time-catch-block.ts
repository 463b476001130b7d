// expect: time @ line 7
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "time-catch-block", version: 1, run: function* (input: { n: number }) {
  try {
    yield* sleep("1s");
  } catch (error) {
    if (Date.now() > input.n) return -1;
    throw error;
  }
  return 1;
} });
