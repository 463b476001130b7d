// expect: timer @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "timer-interval", version: 1, run: function* (input: { n: number }) {
  const handle = setInterval(() => undefined, 10);
  clearInterval(handle);
  return input.n;
} });
