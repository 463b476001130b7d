// expect: none
import { checkpoint, compute, workflow } from "raftoral";
export const wf = workflow({ name: "values-unknown", version: 1, run: function* (input: { n: number }) {
  const got = yield* compute("get", async (): Promise<unknown> => (await fetch("https://a.test")).json());
  yield* checkpoint("got", got);
  return input.n;
} });
