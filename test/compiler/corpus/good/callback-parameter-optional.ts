// expect: none
import { workflow } from "raftoral";
const each = (list: readonly number[], visit?: (n: number) => number): number => list.reduce((sum, n) => sum + (visit?.(n) ?? n), 0);
export const wf = workflow({ name: "callback-parameter-optional", version: 1, run: function* (input: { n: number; list: number[] }) {
  return each(input.list) + each(input.list, (n) => n * 2);
} });
