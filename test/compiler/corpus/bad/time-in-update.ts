// expect: time @ line 5
import { variable, workflow } from "raftoral";
export const wf = workflow({ name: "time-in-update", version: 1, run: function* (input: { n: number }) {
  const last = yield* variable("last", 0);
  yield* last.update((value: number) => value + Date.now());
  return input.n;
} });
