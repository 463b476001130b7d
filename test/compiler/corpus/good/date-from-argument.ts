// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "date-from-argument", version: 1, run: function* (input: { n: number }) {
  const due = new Date(input.n);
  const later = new Date(due.getTime() + 1000);
  return later.toISOString() + due.getUTCHours() + Date.UTC(2024, 0, 1);
} });
