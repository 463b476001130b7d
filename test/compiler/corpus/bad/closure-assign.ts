// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-assign", version: 1, run: function* (input: { n: number }) {
  let id = "";
  yield* compute("find", async () => { id = await (await fetch("https://a.test")).text(); return true; });
  return id;
} });
