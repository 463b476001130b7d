// expect: env @ line 5
import { workflow } from "raftoral";
const REGION = process.env["REGION"] ?? "eu";
export const wf = workflow({ name: "env-module-const", version: 1, run: function* (input: { n: number }) {
  return REGION === "eu" ? input.n : 0;
} });
