// expect: unresolved-call @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "unresolved-dynamic-key", version: 1, run: function* (input: { n: number; list: number[]; kind: string }) {
  return ((input as any).rules)[input.kind](input.n) as number;
} });
