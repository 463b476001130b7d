// expect: async @ line 5
import { workflow } from "raftoral";
async function send(each: number): Promise<void> { await each; }
export const wf = workflow({ name: "async-callback-reference", version: 1, run: function* (input: { n: number; list: number[] }) {
  input.list.forEach(send);
  return input.n;
} });
