// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-zone-less-text", version: 1, run: function* (input: { n: number }) {
  return new Date("2024-01-01T00:00:00").getTime() + input.n;
} });
