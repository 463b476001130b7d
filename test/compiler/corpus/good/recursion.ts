// expect: none
import { workflow } from "raftoral";
const sum = (list: readonly number[]): number => (list.length === 0 ? 0 : list[0]! + sum(list.slice(1)));
export const wf = workflow({ name: "recursion", version: 1, run: function* (input: { n: number; list: number[] }) {
  return sum(input.list);
} });
