// expect: async @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-all", version: 1, run: function* (input: { n: number }) {
  void Promise.all([1, 2]);
  return input.n;
} });
