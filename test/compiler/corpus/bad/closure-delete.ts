// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-delete", version: 1, run: function* (input: { n: number }) {
  const table: Record<string, number> = { a: 1 };
  yield* compute("find", () => { delete table["a"]; return true; });
  return Object.keys(table).length;
} });
