// expect: none
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-read-in-compute", version: 1, run: function* (input: { n: number; list: number[] }) {
  const items = [...input.list];
  const sent = yield* compute("send", () => items.map((each) => each + 1).length);
  return sent;
} });
