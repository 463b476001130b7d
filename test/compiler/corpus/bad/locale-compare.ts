// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-compare", version: 1, run: function* (input: { n: number; list: number[] }) {
  return [...input.list].map(String).sort((a, b) => a.localeCompare(b));
} });
