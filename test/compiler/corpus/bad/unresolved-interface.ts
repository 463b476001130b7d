// expect: unresolved-call @ line 6
import { workflow } from "raftoral";
interface Pricing { quote(n: number): number }
declare const pricing: Pricing;
export const wf = workflow({ name: "unresolved-interface", version: 1, run: function* (input: { n: number }) {
  return pricing.quote(input.n);
} });
