// expect: random @ line 5
import { workflow } from "raftoral";
const { random } = Math;
export const wf = workflow({ name: "random-destructured", version: 1, run: function* (input: { n: number }) {
  return Math.floor(random() * input.n);
} });
