// expect: none
import { all, compute, workflow } from "raftoral";
export const wf = workflow({ name: "effects-pushed", version: 1, run: function* (input: { n: number; list: number[] }) {
  const work = [];
  for (const each of input.list) work.push(compute("n-" + each, () => each));
  return yield* all(work);
} });
