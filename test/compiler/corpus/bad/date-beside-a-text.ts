// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "date-beside-a-text", version: 1, run: function* (input: { at: Date }) {
  return "due " + input.at;
} });
