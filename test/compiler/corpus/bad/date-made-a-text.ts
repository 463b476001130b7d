// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "date-made-a-text", version: 1, run: function* (input: { at: Date }) {
  return String(input.at).length;
} });
