// expect: env @ line 5
import { env } from "node:process";
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-imported", version: 1, run: function* (input: { n: number }) {
  return env["REGION"] ?? input.n;
} });
