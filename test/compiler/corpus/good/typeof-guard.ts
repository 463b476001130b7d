// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "typeof-guard", version: 1, run: function* (input: { n: number }) {
  return typeof process === "undefined" ? input.n : input.n + 1;
} });
