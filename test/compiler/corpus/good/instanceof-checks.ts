// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "instanceof-checks", version: 1, run: function* (input: { n: number; at: Date | string }) {
  const at: unknown = input.at;
  return at instanceof Date ? at.getTime() : at instanceof Promise ? 1 : input.n;
} });
