// expect: unverified-call @ line 5
import { score } from "opaque-lib";
import { workflow } from "raftoral";
export const wf = workflow({ name: "unverified-package", version: 1, run: function* (input: { n: number; kind: string }) {
  return score(input.kind);
} });
