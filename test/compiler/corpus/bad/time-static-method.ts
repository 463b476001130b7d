// expect: time @ line 5
import { workflow } from "raftoral";
class Clock { static read(): number { return Date.now(); } }
export const wf = workflow({ name: "time-static-method", version: 1, run: function* (input: { n: number }) {
  return Clock.read() - input.n;
} });
