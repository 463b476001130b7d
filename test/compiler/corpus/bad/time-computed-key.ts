// expect: time @ line 5
import { workflow } from "raftoral";
const KEY = "now" as const;
export const wf = workflow({ name: "time-computed-key", version: 1, run: function* (input: { n: number }) {
  return Date[KEY]() - input.n;
} });
