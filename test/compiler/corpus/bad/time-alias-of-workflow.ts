// expect: time @ line 4
import { workflow as define } from "raftoral";
export const wf = define({ name: "time-alias-of-workflow", version: 1, run: function* (input: { n: number }) {
  return Date.now() - input.n;
} });
