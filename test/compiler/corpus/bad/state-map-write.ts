// expect: global-state @ line 5
import { workflow } from "raftoral";
const cache = new Map<string, number>();
export const wf = workflow({ name: "state-map-write", version: 1, run: function* (input: { n: number }) {
  cache.set(String(input.n), input.n);
  return cache.size;
} });
