// expect: timer @ line 5
import { setTimeout as wait } from "node:timers/promises";
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-promises", version: 1, run: function* (input: { n: number }) {
  void wait(10);
  return input.n;
} });
