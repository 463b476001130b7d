// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-to-locale-string", version: 1, run: function* (input: { n: number }) {
  return new Date(input.n).toLocaleString();
} });
