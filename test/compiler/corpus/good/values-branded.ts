// expect: none
import { checkpoint, workflow } from "raftoral";
type OrderId = string & { readonly __brand: "order" };
const orderId = (text: string): OrderId => text as OrderId;
export const wf = workflow({ name: "values-branded", version: 1, run: function* (input: { n: number; kind: string }) {
  yield* checkpoint("id", { id: orderId(input.kind), list: [orderId("a")] });
  return input.n;
} });
