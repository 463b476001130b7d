// expect: io @ line 5
import fs from "node:fs";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-fs-promises-member", version: 1, run: function* (input: { n: number }) {
  void fs.promises.readFile("/etc/hostname");
  return input.n;
} });
