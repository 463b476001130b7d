// expect: closure-mutation @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-input", version: 1, run: function* (input: { n: number; list: number[] }) {
  yield* compute("find", () => { input.list.push(1); return true; });
  return input.list.length;
} });
