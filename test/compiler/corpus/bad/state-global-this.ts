// expect: global-state @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "state-global-this", version: 1, run: function* (input: { n: number }) {
  (globalThis as any).runs = input.n;
  return input.n;
} });
