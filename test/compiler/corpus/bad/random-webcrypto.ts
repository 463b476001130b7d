// expect: random @ line 5
import { webcrypto } from "node:crypto";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-webcrypto", version: 1, run: function* (input: { n: number }) {
  return webcrypto.randomUUID();
} });
