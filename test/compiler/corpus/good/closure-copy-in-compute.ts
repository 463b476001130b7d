// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-copy-in-compute", version: 1, run: function* (input: { n: number; list: number[] }) {
  const items = [...input.list];
  return yield* compute("sorted", () => { const copy = [...items]; copy.sort(); copy.push(1); return copy.length; });
} });
