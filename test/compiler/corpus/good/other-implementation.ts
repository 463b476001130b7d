// expect: none
import { workflow } from "raftoral";
interface Clock { read(): number }
class HostClock implements Clock { read(): number { return Date.now(); } }
class FixedClock implements Clock { readonly at: number; constructor(at: number) { this.at = at; } read(): number { return this.at; } }
export const host: Clock = new HostClock();
export const wf = workflow({ name: "other-implementation", version: 1, run: function* (input: { n: number }) {
  const clock = new FixedClock(input.n);
  return clock.read();
} });
