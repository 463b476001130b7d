// expect: unstable-key @ line 6
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "time-in-key-variable", version: 1, run: function* (input: { n: number }) {
  const suffix = Date.now();
  const key = `poll-${suffix}`;
  yield* compute(key, async () => (await fetch("https://a.test")).ok);
  return input.n;
} });
