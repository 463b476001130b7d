// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-next-tick", version: 1, run: function* (input: { n: number }) {
  process.nextTick(() => undefined);
  return input.n;
} });
