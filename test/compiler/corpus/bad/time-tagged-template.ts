// expect: time @ line 5
import { workflow } from "raftoral";
const stamped = (parts: TemplateStringsArray): string => parts.join("") + Date.now();
export const wf = workflow({ name: "time-tagged-template", version: 1, run: function* (input: { n: number }) {
  return stamped`at ` + input.n;
} });
