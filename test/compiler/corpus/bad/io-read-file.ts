// expect: io @ line 5
import { readFileSync } from "node:fs";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-read-file", version: 1, run: function* (input: { n: number }) {
  return readFileSync("/etc/hostname", "utf8");
} });
