// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "map-iteration", version: 1, run: function* (input: { n: number; list: number[] }) {
  const counts = new Map<string, number>();
  for (const each of input.list) counts.set(String(each), (counts.get(String(each)) ?? 0) + 1);
  for (const [key, count] of counts) yield* checkpoint("n-" + key, count);
  return [...counts.keys()].join();
} });
