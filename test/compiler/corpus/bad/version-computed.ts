// expect: version-literal @ line 3
import { workflow } from "raftoral";
export const wf = workflow({ name: "version-computed", version: Number("2"), run: function* (input: { n: number }) {
  return input.n;
} });
