// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-local-parts", version: 1, run: function* (input: { n: number }) {
  return new Date(2024, 0, input.n).getTime();
} });
