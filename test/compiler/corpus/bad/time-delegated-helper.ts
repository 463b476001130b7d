// expect: time @ line 5
import { type Gen, sleep, workflow } from "raftoral";
function* remind(due: number): Gen<number> { const left = due - Date.now(); yield* sleep(left); return left; }
export const wf = workflow({ name: "time-delegated-helper", version: 1, run: function* (input: { n: number }) {
  return yield* remind(input.n);
} });
