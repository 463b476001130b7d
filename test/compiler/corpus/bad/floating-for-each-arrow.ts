// expect: floating-effect @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "floating-for-each-arrow", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.forEach((each) => checkpoint("n-" + each, each));
  return input.n;
} });
