// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "plain-sort", version: 1, run: function* (input: { n: number; list: number[] }) {
  return input.list.map(String).sort().join("-").toUpperCase();
} });
