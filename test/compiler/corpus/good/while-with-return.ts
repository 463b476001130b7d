// expect: none
import { compute, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "while-with-return", version: 1, run: function* (input: { n: number }) {
  while (true) {
    const done = yield* compute("poll", async () => (await fetch("https://a.test")).ok);
    if (done) return input.n;
    yield* sleep("1s");
  }
} });
