// expect: unbounded-loop @ line 7
import { type Gen, sleep, workflow } from "raftoral";
function* poll(): Gen<never> {
  while (true) { yield* sleep("1 hour"); }
}
export const wf = workflow({ name: "loop-in-helper", version: 1, run: function* (input: { n: number }) {
  return yield* poll();
} });
