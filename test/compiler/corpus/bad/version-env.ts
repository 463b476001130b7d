// expect: version-literal @ line 3
import { workflow } from "raftoral";
export const wf = workflow({ name: "version-env", version: Number(process.env["V"]), run: function* (input: { n: number }) {
  return input.n;
} });
