// expect: dynamic-code @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "code-import", version: 1, run: function* (input: { n: number }) {
  void import("./_lib/barrel.js");
  return input.n;
} });
