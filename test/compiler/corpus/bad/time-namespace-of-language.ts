// expect: time @ line 5
import * as raftoral from "raftoral";
export const wf = raftoral.workflow({ name: "time-namespace-of-language", version: 1, run: function* (input: { n: number }) {
  yield* raftoral.sleep("1s");
  return Date.now() - input.n;
} });
