// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-versions", version: 1, run: function* (input: { n: number }) {
  return process.versions.node;
} });
