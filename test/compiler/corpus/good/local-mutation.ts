// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "local-mutation", version: 1, run: function* (input: { n: number; list: number[] }) {
  const items: number[] = [];
  let sum = 0;
  for (const each of input.list) { items.push(each); sum += each; }
  items.reverse();
  return items.length + sum;
} });
