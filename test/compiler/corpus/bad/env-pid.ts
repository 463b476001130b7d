// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-pid", version: 1, run: function* (input: { n: number }) {
  return process.pid + input.n;
} });
