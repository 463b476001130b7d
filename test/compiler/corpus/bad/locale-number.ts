// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-number", version: 1, run: function* (input: { n: number }) {
  return input.n.toLocaleString();
} });
