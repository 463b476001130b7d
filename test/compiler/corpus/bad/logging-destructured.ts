// expect: logging @ line 5
import { workflow } from "raftoral";
const { warn } = console;
export const wf = workflow({ name: "logging-destructured", version: 1, run: function* (input: { n: number }) {
  warn("run");
  return input.n;
} });
