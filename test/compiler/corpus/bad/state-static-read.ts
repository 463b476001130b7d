// expect: global-state @ line 5
import { workflow } from "raftoral";
class Limits { static max = 1; static raise(): void { Limits.max += 1; } }
export const wf = workflow({ name: "state-static-read", version: 1, run: function* (input: { n: number }) {
  return input.n > Limits.max;
} });
