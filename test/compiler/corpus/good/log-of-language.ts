// expect: none
import { log, workflow } from "raftoral";
export const wf = workflow({ name: "log-of-language", version: 1, run: function* (input: { n: number }) {
  yield* log("started", { n: input.n });
  return input.n;
} });
