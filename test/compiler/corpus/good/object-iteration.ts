// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "object-iteration", version: 1, run: function* (input: { n: number; list: number[] }) {
  const table: Record<string, number> = {};
  for (const each of input.list) table["k" + each] = each;
  for (const key in table) yield* checkpoint(key, table[key]);
  return Object.entries(table).length;
} });
