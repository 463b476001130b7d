// expect: none
import { workflow } from "raftoral";
function* range(n: number): Generator<number> { for (let i = 0; i < n; i++) yield i; }
export const wf = workflow({ name: "own-generator-iterated", version: 1, run: function* (input: { n: number }) {
  let sum = 0;
  for (const each of range(input.n)) sum += each;
  return sum + [...range(3)].length;
} });
