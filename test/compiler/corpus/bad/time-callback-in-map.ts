// expect: time @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-callback-in-map", version: 1, run: function* (input: { n: number }) {
  return [1, 2].map((each) => each + Date.now()).length + input.n;
} });
