// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-keys", version: 1, run: function* (input: { n: number }) {
  return Object.keys(process.env).length + input.n;
} });
