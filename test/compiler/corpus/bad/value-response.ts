// expect: non-serializable @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "value-response", version: 1, run: function* (input: { n: number }) {
  const got = yield* compute("get", () => fetch("https://a.test"));
  return got.status;
} });
