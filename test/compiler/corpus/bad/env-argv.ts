// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-argv", version: 1, run: function* (input: { n: number }) {
  return process.argv.length + input.n;
} });
