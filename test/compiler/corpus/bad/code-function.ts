// expect: dynamic-code @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "code-function", version: 1, run: function* (input: { n: number }) {
  return new Function("return 1")() + input.n;
} });
