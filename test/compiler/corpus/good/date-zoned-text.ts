// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "date-zoned-text", version: 1, run: function* (input: { n: number }) {
  const at = new Date("2024-01-01T00:00:00Z");
  const day = new Date("2024-01-01");
  return at.getTime() + day.getTime() + Date.parse("2024-01-01T00:00:00+02:00") + input.n;
} });
