// expect: logging @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "logging-console", version: 1, run: function* (input: { n: number }) {
  console.log("run", input.n);
  return input.n;
} });
