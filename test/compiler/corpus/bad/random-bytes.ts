// expect: random @ line 5
import { randomBytes } from "node:crypto";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-bytes", version: 1, run: function* (input: { n: number }) {
  return randomBytes(8).toString("hex");
} });
