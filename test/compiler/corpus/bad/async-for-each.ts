// expect: async @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-for-each", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.forEach(async (each) => { await each; });
  return input.n;
} });
