// expect: dynamic-code @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "code-require", version: 1, run: function* (input: { n: number; kind: string }) {
  return require(input.kind);
} });
