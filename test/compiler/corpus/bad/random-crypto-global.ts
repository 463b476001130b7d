// expect: random @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-crypto-global", version: 1, run: function* (input: { n: number }) {
  return crypto.randomUUID();
} });
