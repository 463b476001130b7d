// expect: floating-effect @ line 4
import { log, workflow } from "raftoral";
export const wf = workflow({ name: "floating-log", version: 1, run: function* (input: { n: number }) {
  log("started");
  return input.n;
} });
