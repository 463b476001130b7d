// expect: time @ line 5
import { isPast } from "date-fns";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-date-fns", version: 1, run: function* (input: { n: number }) {
  return isPast(new Date(input.n));
} });
