// expect: random @ line 5
import { shuffle } from "lodash";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-lodash-shuffle", version: 1, run: function* (input: { n: number; list: number[] }) {
  return shuffle(input.list);
} });
