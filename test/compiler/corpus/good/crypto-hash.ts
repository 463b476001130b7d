// expect: none
import { createHash, createHmac } from "node:crypto";
import { workflow } from "raftoral";
export const wf = workflow({ name: "crypto-hash", version: 1, run: function* (input: { n: number; kind: string }) {
  return createHash("sha256").update(input.kind).digest("hex") + createHmac("sha256", "k").update("a").digest("hex");
} });
