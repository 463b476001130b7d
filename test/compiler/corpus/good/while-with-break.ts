// expect: none
import { compute, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "while-with-break", version: 1, run: function* (input: { n: number }) {
  let i = 0;
  while (true) {
    const done = yield* compute("poll-" + i, async () => (await fetch("https://a.test")).ok);
    if (done || i > 10) break;
    i += 1;
    yield* sleep("1s");
  }
  return i;
} });
