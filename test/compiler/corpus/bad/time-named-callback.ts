// expect: time @ line 5
import { workflow } from "raftoral";
const stamp = (each: number): number => each + Date.now();
export const wf = workflow({ name: "time-named-callback", version: 1, run: function* (input: { n: number }) {
  return [1, 2].map(stamp).length + input.n;
} });
