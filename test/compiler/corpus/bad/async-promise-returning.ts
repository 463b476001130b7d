// expect: async @ line 5
import { workflow } from "raftoral";
function price(n: number): Promise<number> { return Promise.resolve(n); }
export const wf = workflow({ name: "async-promise-returning", version: 1, run: function* (input: { n: number }) {
  void price(input.n);
  return input.n;
} });
