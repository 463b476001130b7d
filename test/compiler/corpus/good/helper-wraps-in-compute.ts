// expect: none
import { compute, type Gen, workflow } from "raftoral";
function* stamp(): Gen<number> { return yield* compute("stamp", () => Date.now()); }
export const wf = workflow({ name: "helper-wraps-in-compute", version: 1, run: function* (input: { n: number }) {
  return yield* stamp();
} });
