// expect: floating-effect @ line 4
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "floating-map-dropped", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.map((each) => checkpoint("n-" + each, each));
  return input.n;
} });
