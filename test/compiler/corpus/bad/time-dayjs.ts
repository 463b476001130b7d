// expect: time @ line 5
import dayjs from "dayjs";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-dayjs", version: 1, run: function* (input: { n: number }) {
  return dayjs().valueOf() - input.n;
} });
