// expect: none
import { compute, workflow } from "raftoral";
class Declined extends Error {}
export const wf = workflow({ name: "catch-typed", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    if (error instanceof Declined) return -1;
    throw error;
  }
  return input.n;
} });
