// expect: global-state @ line 5
import { workflow } from "raftoral";
class Counter { static count = 0; }
export const wf = workflow({ name: "state-static-counter", version: 1, run: function* (input: { n: number }) {
  Counter.count += 1;
  return Counter.count;
} });
