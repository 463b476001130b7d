// expect: none
import { workflow } from "raftoral";
class Order { readonly n: number; constructor(n: number) { this.n = n; } get total(): number { return this.n * 2; } }
export const wf = workflow({ name: "getter-pure", version: 1, run: function* (input: { n: number }) {
  return new Order(input.n).total;
} });
