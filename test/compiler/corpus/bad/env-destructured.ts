// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-destructured", version: 1, run: function* (input: { n: number }) {
  const { env } = process;
  return env["REGION"] ?? input.n;
} });
