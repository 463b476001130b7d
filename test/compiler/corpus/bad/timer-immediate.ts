// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-immediate", version: 1, run: function* (input: { n: number }) {
  setImmediate(() => undefined);
  return input.n;
} });
