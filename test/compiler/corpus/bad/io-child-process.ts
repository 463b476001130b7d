// expect: io @ line 5
import { execSync } from "node:child_process";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-child-process", version: 1, run: function* (input: { n: number }) {
  return execSync("date").toString();
} });
