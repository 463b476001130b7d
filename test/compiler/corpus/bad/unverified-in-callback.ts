// expect: unverified-call @ line 5
import { score } from "opaque-lib";
import { workflow } from "raftoral";
export const wf = workflow({ name: "unverified-in-callback", version: 1, run: function* (input: { n: number; list: number[] }) {
  return input.list.map((each) => score(String(each))).length;
} });
