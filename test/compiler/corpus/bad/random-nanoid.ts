// expect: random @ line 5
import { nanoid } from "nanoid";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-nanoid", version: 1, run: function* (input: { n: number }) {
  return nanoid();
} });
