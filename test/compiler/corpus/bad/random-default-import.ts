// expect: random @ line 5
import crypto from "node:crypto";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-default-import", version: 1, run: function* (input: { n: number }) {
  return crypto.randomInt(input.n);
} });
