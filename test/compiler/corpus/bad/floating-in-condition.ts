// expect: floating-effect @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "floating-in-condition", version: 1, run: function* (input: { n: number }) {
  if (compute("ok", async () => (await fetch("https://a.test")).ok)) return 1;
  return input.n;
} });
