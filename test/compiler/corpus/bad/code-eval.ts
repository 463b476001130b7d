// expect: dynamic-code @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "code-eval", version: 1, run: function* (input: { n: number }) {
  return eval("1 + 1");
} });
