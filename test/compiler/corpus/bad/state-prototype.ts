// expect: global-state @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "state-prototype", version: 1, run: function* (input: { n: number }) {
  (Array.prototype as any).last = function (): undefined { return undefined; };
  return input.n;
} });
