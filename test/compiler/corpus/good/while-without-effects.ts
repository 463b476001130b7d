// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "while-without-effects", version: 1, run: function* (input: { n: number }) {
  let n = input.n;
  while (true) {
    if (n > 100) return n;
    n = n * 2 + 1;
  }
} });
