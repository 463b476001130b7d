// expect: time @ line 7
import { workflow } from "raftoral";
abstract class Policy { abstract at(): number; late(due: number): boolean { return this.at() > due; } }
class HostPolicy extends Policy { at(): number { return Date.now(); } }
export const wf = workflow({ name: "time-overridden-method", version: 1, run: function* (input: { n: number }) {
  const policy: Policy = new HostPolicy();
  return policy.late(input.n);
} });
