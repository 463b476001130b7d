// expect: random @ line 5
import { v4 } from "uuid";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-uuid-v4", version: 1, run: function* (input: { n: number }) {
  return v4();
} });
