// expect: floating-effect @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "floating-unused-variable", version: 1, run: function* (input: { n: number }) {
  const sent = compute("send", async () => (await fetch("https://a.test")).ok);
  return input.n;
} });
