// expect: logging @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "logging-for-each", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.forEach(console.log);
  return input.n;
} });
