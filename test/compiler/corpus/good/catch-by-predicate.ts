// expect: none
import { compute, workflow } from "raftoral";
class Declined extends Error {}
const isDeclined = (error: unknown): error is Declined => error instanceof Declined;
export const wf = workflow({ name: "catch-by-predicate", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    if (!isDeclined(error)) throw error;
  }
  return input.n;
} });
