// expect: time @ line 5
import { workflow } from "raftoral";
class Stamp { readonly at = Date.now(); }
export const wf = workflow({ name: "time-field-initializer", version: 1, run: function* (input: { n: number }) {
  return new Stamp().at - input.n;
} });
