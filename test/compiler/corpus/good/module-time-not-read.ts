// expect: none
import { workflow } from "raftoral";
export const startedAt = Date.now();
export const region = process.env["REGION"];
export const wf = workflow({ name: "module-time-not-read", version: 1, run: function* (input: { n: number }) {
  return input.n;
} });
