// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "set-and-sort", version: 1, run: function* (input: { n: number; list: number[] }) {
  const seen = new Set(input.list);
  return [...seen].sort((a, b) => a - b).map((each) => each * 2).reduce((a, b) => a + b, 0);
} });
