// expect: none
import { workflow } from "raftoral";
function pick(n: number): number;
function pick(text: string): string;
function pick(value: number | string): number | string { return value; }
export const wf = workflow({ name: "overloads", version: 1, run: function* (input: { n: number; kind: string }) {
  return pick(input.n) + pick(input.kind).length;
} });
