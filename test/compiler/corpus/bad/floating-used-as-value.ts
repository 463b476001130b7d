// expect: floating-effect @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "floating-used-as-value", version: 1, run: function* (input: { n: number }) {
  const ok = compute("ok", async () => (await fetch("https://a.test")).ok);
  if (ok) return 1;
  return input.n;
} });
