// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-increment", version: 1, run: function* (input: { n: number }) {
  const state = { count: 0 };
  yield* compute("find", () => { state.count++; return true; });
  return state.count;
} });
