// expect: async @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-new-promise", version: 1, run: function* (input: { n: number }) {
  void new Promise((resolve) => resolve(1));
  return input.n;
} });
