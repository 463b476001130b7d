// expect: none
import { all, compute, workflow } from "raftoral";
export const wf = workflow({ name: "map-of-effects", version: 1, run: function* (input: { n: number; list: number[] }) {
  return yield* all(input.list.map((each) => compute("n-" + each, () => each)));
} });
