// expect: global-state @ line 4
import { workflow } from "raftoral";
let count = 0;
const COUNTERS = new Map([["all", (n: number): number => n + ++count]]);
export const wf = workflow({ name: "map-of-counters", version: 1, run: function* (input: { n: number }) {
  return COUNTERS.get("all")?.(input.n) ?? 0;
} });
