// expect: time @ line 6
import { workflow } from "raftoral";
class Base { readonly at: number; constructor() { this.at = Date.now(); } }
class Stamp extends Base { readonly kind = "stamp"; }
export const wf = workflow({ name: "time-base-constructor", version: 1, run: function* (input: { n: number }) {
  return new Stamp().at - input.n;
} });
