// expect: dynamic-code @ line 5
import { runInNewContext } from "node:vm";
import { workflow } from "raftoral";
export const wf = workflow({ name: "code-vm", version: 1, run: function* (input: { n: number }) {
  return runInNewContext("1");
} });
