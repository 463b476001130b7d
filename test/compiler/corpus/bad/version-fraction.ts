// expect: version-literal @ line 3
import { workflow } from "raftoral";
export const wf = workflow({ name: "version-fraction", version: 1.5, run: function* (input: { n: number }) {
  return input.n;
} });
