// expect: nested-effect @ line 5
import { compute, variable, workflow } from "raftoral";
export const wf = workflow({ name: "nested-variable", version: 1, run: function* (input: { n: number }) {
  const status = yield* variable("status", "new");
  yield* compute("a", async () => { status.set("x"); return 1; });
  return input.n;
} });
