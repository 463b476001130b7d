// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "shadowed-process", version: 1, run: function* (input: { n: number }) {
  const process = { env: { REGION: "eu" }, cwd: () => "/" };
  return process.env.REGION + process.cwd() + input.n;
} });
