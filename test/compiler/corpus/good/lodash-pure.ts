// expect: none
import { groupBy, sortBy } from "lodash";
import { workflow } from "raftoral";
export const wf = workflow({ name: "lodash-pure", version: 1, run: function* (input: { n: number; list: number[] }) {
  return Object.keys(groupBy(sortBy(input.list), (each) => each)).length;
} });
