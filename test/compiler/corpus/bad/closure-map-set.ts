// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-map-set", version: 1, run: function* (input: { n: number }) {
  const found = new Map<string, number>();
  yield* compute("find", () => { found.set("a", 1); return true; });
  return found.size;
} });
