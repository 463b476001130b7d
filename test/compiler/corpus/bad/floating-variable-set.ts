// expect: floating-effect @ line 5
import { variable, workflow } from "raftoral";
export const wf = workflow({ name: "floating-variable-set", version: 1, run: function* (input: { n: number }) {
  const status = yield* variable("status", "new");
  status.set("done");
  return input.n;
} });
