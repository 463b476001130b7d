// expect: none
import { workflow } from "raftoral";
const VERSION = 3;
export const wf = workflow({ name: "version-const", version: VERSION, run: function* (input: { n: number }) {
  return input.n;
} });
