// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-process-env", version: 1, run: function* (input: { n: number }) {
  return process.env.REGION === "eu" ? input.n : 0;
} });
