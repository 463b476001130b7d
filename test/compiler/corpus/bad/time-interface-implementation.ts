// expect: time @ line 8
import { workflow } from "raftoral";
interface Clock { read(): number }
class HostClock implements Clock { read(): number { return Date.now(); } }
const make = (): Clock => new HostClock();
export const wf = workflow({ name: "time-interface-implementation", version: 1, run: function* (input: { n: number }) {
  const clock = make();
  return clock.read() - input.n;
} });
