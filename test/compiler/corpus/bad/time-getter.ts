// expect: time @ line 5
import { workflow } from "raftoral";
const clock = { get now(): number { return Date.now(); } };
export const wf = workflow({ name: "time-getter", version: 1, run: function* (input: { n: number }) {
  return clock.now - input.n;
} });
