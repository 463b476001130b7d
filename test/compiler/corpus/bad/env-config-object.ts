// expect: env @ line 5
import { workflow } from "raftoral";
const config = { region: process.env["REGION"] ?? "eu", retries: 3 };
export const wf = workflow({ name: "env-config-object", version: 1, run: function* (input: { n: number }) {
  return config.region === "eu" ? input.n : 0;
} });
