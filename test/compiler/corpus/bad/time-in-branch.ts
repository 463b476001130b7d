// expect: time @ line 4
import { all, type Gen, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "time-in-branch", version: 1, run: function* (input: { n: number }) {
  const [at] = yield* all([function* (): Gen<number> { yield* sleep("1s"); return Date.now(); }]);
  return at;
} });
