// expect: global-state @ line 6
import { compute, workflow } from "raftoral";
let token = "";
export const wf = workflow({ name: "state-written-in-step", version: 1, run: function* (input: { n: number }) {
  yield* compute("token", async () => { token = await (await fetch("https://a.test")).text(); return true; });
  return token.length + input.n;
} });
