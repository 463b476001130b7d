// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "catch-wrapped", version: 1, run: function* (input: { n: number }) {
  try {
    yield* compute("a", async () => 1);
  } catch (error) {
    throw new Error("payment failed", { cause: error });
  }
  return input.n;
} });
