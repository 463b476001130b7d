// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "catch-by-code", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    if ((error as { code?: string }).code !== "declined") throw error;
    return -1;
  }
  return input.n;
} });
