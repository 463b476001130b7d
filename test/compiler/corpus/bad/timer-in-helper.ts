// expect: timer @ line 5
import { workflow } from "raftoral";
function later(work: () => void): void { setTimeout(work, 5); }
export const wf = workflow({ name: "timer-in-helper", version: 1, run: function* (input: { n: number }) {
  later(() => undefined);
  return input.n;
} });
