// expect: locale @ line 5
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-set-hours", version: 1, run: function* (input: { n: number }) {
  const due = new Date(input.n);
  due.setHours(0);
  return due.getTime();
} });
