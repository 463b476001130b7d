// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-microtask", version: 1, run: function* (input: { n: number }) {
  queueMicrotask(() => undefined);
  return input.n;
} });
