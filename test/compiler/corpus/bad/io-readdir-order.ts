// expect: io @ line 5
import { readdirSync } from "node:fs";
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "io-readdir-order", version: 1, run: function* (input: { n: number }) {
  for (const name of readdirSync(".")) yield* checkpoint(name, input.n);
  return input.n;
} });
