// expect: none
import { compute, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "while-labelled-break", version: 1, run: function* (input: { n: number; list: number[] }) {
  outer: while (true) {
    for (const each of input.list) {
      if (yield* compute("n-" + each, () => each > 1)) break outer;
    }
    yield* sleep("1s");
  }
  return input.n;
} });
