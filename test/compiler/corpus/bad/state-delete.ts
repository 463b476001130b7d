// expect: global-state @ line 5
import { workflow } from "raftoral";
const table: Record<string, number> = { a: 1 };
export const wf = workflow({ name: "state-delete", version: 1, run: function* (input: { n: number }) {
  delete table["a"];
  return Object.keys(table).length;
} });
