// expect: swallow @ line 6
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "swallow-return", version: 1, run: function* (input: { n: number }) {
  try {
    return yield* compute("a", async () => 1);
  } catch (error) {
    return -1;
  }
} });
