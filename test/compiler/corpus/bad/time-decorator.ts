// expect: time @ line 6
import { workflow } from "raftoral";
function timed(_value: unknown, _context: unknown): any { return function (this: unknown): number { return Date.now(); }; }
class Fees { @timed quote(): number { return 1; } }
export const wf = workflow({ name: "time-decorator", version: 1, run: function* (input: { n: number }) {
  return new Fees().quote() + input.n;
} });
