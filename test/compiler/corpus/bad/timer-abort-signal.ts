// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-abort-signal", version: 1, run: function* (input: { n: number }) {
  return AbortSignal.timeout(10).aborted;
} });
