// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-method-run", version: 1, *run(input: { n: number }) {
  return Date.now() - input.n;
} });
