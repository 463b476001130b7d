// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-cwd", version: 1, run: function* (input: { n: number }) {
  return process.cwd();
} });
