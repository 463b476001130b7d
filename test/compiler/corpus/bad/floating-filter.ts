// expect: floating-effect @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "floating-filter", version: 1, run: function* (input: { n: number; list: number[] }) {
  return input.list.filter((each) => compute("ok-" + each, async () => each > 1)).length;
} });
