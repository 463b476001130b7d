// expect: io @ line 5
import { readFile } from "node:fs/promises";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-promises", version: 1, run: function* (input: { n: number }) {
  void readFile("/etc/hostname");
  return input.n;
} });
