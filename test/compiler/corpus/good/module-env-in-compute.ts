// expect: none
import { compute, workflow } from "raftoral";
const REGION = process.env["REGION"] ?? "eu";
export const wf = workflow({ name: "module-env-in-compute", version: 1, run: function* (input: { n: number }) {
  return yield* compute("region", () => REGION + Date.now());
} });
