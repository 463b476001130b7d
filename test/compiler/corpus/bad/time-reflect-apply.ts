// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-reflect-apply", version: 1, run: function* (input: { n: number }) {
  return Reflect.apply(Date.now, Date, []) - input.n;
} });
