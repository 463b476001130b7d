// expect: unverified-call @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "unverified-any", version: 1, run: function* (input: { n: number; list: number[] }) {
  return (input as any).compute(1);
} });
