// expect: time @ line 6
import { workflow } from "raftoral";
class Clock { get now(): number { return Date.now(); } }
export const wf = workflow({ name: "time-class-getter", version: 1, run: function* (input: { n: number }) {
  const clock = new Clock();
  return clock.now - input.n;
} });
