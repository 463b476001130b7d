// expect: random @ line 5
import { ulid } from "ulid";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-ulid", version: 1, run: function* (input: { n: number }) {
  return ulid();
} });
