// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "values-errors", version: 1, run: function* (input: { n: number }) {
  class Refused extends Error {}
  yield* checkpoint("error", new Refused("x"));
  return input.n;
} });
