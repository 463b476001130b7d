// expect: none
import { all, type Gen, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "effect-in-callback-returned", version: 1, run: function* (input: { n: number; list: number[] }) {
  const branches = input.list.map((each) => function* (): Gen<number> { yield* sleep("1s"); return each; });
  const got = yield* all(branches);
  return got.length;
} });
