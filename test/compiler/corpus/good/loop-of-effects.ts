// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "loop-of-effects", version: 1, run: function* (input: { n: number; list: number[] }) {
  for (const each of input.list) {
    const done = yield* compute("n-" + each, async () => (await fetch("https://a.test")).ok);
    if (!done) break;
  }
  return input.n;
} });
