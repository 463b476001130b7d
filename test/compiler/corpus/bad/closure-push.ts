// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-push", version: 1, run: function* (input: { n: number }) {
  const items: number[] = [];
  yield* compute("find", () => { items.push(1); return true; });
  return items.length;
} });
