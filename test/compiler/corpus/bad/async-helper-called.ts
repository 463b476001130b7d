// expect: async @ line 5
import { workflow } from "raftoral";
async function price(n: number): Promise<number> { return n; }
export const wf = workflow({ name: "async-helper-called", version: 1, run: function* (input: { n: number }) {
  void price(input.n);
  return input.n;
} });
