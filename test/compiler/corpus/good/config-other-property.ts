// expect: none
import { workflow } from "raftoral";
const config = { region: process.env["REGION"] ?? "eu", retries: 3 };
export const wf = workflow({ name: "config-other-property", version: 1, run: function* (input: { n: number }) {
  return input.n > config.retries;
} });
