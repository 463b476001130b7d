// expect: time @ line 6
import { workflow } from "raftoral";
class Base { at(): number { return Date.now(); } }
class Derived extends Base { override at(): number { return super.at() + 1; } }
export const wf = workflow({ name: "time-super-method", version: 1, run: function* (input: { n: number }) {
  return new Derived().at() - input.n;
} });
