// expect: none
import { workflow } from "raftoral";
class Timer { setTimeout(n: number): number { return n; } now(): number { return 1; } }
export const wf = workflow({ name: "same-names-on-objects", version: 1, run: function* (input: { n: number }) {
  const timer = new Timer();
  return timer.setTimeout(input.n) + timer.now();
} });
