// expect: none
import { now, random, uuid, workflow } from "raftoral";
export const wf = workflow({ name: "language-random", version: 1, run: function* (input: { n: number }) {
  const at = yield* now();
  const id = yield* uuid();
  return id + at.getTime() + (yield* random());
} });
