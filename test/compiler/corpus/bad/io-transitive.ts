// expect: io @ line 5
import { readConfig } from "./_lib/files.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-transitive", version: 1, run: function* (input: { n: number }) {
  return readConfig("/etc/hostname").length + input.n;
} });
