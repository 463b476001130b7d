// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-as-any", version: 1, run: function* (input: { n: number }) {
  return (Date as any).now() - input.n;
} });
