// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "input-mutation", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.push(1);
  input.n += 1;
  return input.list.length + input.n;
} });
