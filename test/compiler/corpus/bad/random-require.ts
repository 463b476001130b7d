// expect: random @ line 5
import { workflow } from "raftoral";
const nodeCrypto = require("node:crypto") as typeof import("node:crypto");
export const wf = workflow({ name: "random-require", version: 1, run: function* (input: { n: number }) {
  return nodeCrypto.randomUUID();
} });
