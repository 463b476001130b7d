// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "structured-clone", version: 1, run: function* (input: { n: number; list: number[] }) {
  const copy = structuredClone({ list: input.list });
  return copy.list.length;
} });
