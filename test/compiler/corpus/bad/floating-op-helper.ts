// expect: floating-effect @ line 5
import { checkpoint, workflow } from "raftoral";
const remember = (n: number) => checkpoint("n", n);
export const wf = workflow({ name: "floating-op-helper", version: 1, run: function* (input: { n: number }) {
  remember(input.n);
  return input.n;
} });
