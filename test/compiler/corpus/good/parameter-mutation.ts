// expect: none
import { workflow } from "raftoral";
const addTo = (list: number[], n: number): void => { list.push(n); };
export const wf = workflow({ name: "parameter-mutation", version: 1, run: function* (input: { n: number }) {
  const mine: number[] = [];
  addTo(mine, input.n);
  return mine.length;
} });
