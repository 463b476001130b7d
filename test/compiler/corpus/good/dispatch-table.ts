// expect: none
import { workflow } from "raftoral";
const RULES = { double: (n: number): number => n * 2, keep: (n: number): number => n };
export const wf = workflow({ name: "dispatch-table", version: 1, run: function* (input: { n: number; kind: string }) {
  return RULES[input.kind as "double" | "keep"](input.n);
} });
