// expect: time @ line 5
import { workflow } from "raftoral";
const READERS = { fixed: () => 1, host: () => Date.now() };
export const wf = workflow({ name: "time-dispatch-by-key", version: 1, run: function* (input: { n: number; kind: string }) {
  return READERS[input.kind as "fixed" | "host"]() - input.n;
} });
