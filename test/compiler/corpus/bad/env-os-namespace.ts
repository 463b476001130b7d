// expect: env @ line 5
import * as os from "node:os";
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-os-namespace", version: 1, run: function* (input: { n: number }) {
  return os.cpus().length + input.n;
} });
