// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "json-and-math", version: 1, run: function* (input: { n: number; list: number[] }) {
  return Math.floor(Math.sqrt(input.n)) + JSON.parse(JSON.stringify({ n: input.n })).n + Math.max(...input.list);
} });
