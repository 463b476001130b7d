// expect: unverified-call @ line 5
import { workflow } from "raftoral";
declare function legacyFee(n: number): number;
export const wf = workflow({ name: "unverified-declare-function", version: 1, run: function* (input: { n: number }) {
  return legacyFee(input.n);
} });
