// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "text-functions", version: 1, run: function* (input: { n: number; kind: string }) {
  return input.kind.trim().replace(/a/g, (found) => found.toUpperCase()).padStart(5, "0").split("").reverse().join("") + encodeURIComponent(input.kind);
} });
