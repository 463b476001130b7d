// expect: time @ line 5
import { workflow } from "raftoral";
const READERS: Record<string, () => number> = { fixed: () => 1, host: () => Date.now() };
export const wf = workflow({ name: "time-dispatch-table", version: 1, run: function* (input: { n: number; kind: string }) {
  return (READERS[input.kind] ?? READERS["fixed"])!() - input.n;
} });
