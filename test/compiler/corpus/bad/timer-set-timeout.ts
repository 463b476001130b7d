// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-set-timeout", version: 1, run: function* (input: { n: number }) {
  setTimeout(() => undefined, 10);
  return input.n;
} });
