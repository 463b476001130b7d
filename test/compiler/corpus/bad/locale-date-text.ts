// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-date-text", version: 1, run: function* (input: { n: number }) {
  return `due ${new Date(input.n)}`;
} });
