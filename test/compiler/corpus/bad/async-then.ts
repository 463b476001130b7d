// expect: async @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-then", version: 1, run: function* (input: { n: number }) {
  Promise.resolve(1).then(() => undefined);
  return input.n;
} });
