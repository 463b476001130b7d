// expect: async @ line 6
import { workflow } from "raftoral";
const ready: Promise<number> = Promise.resolve(1);
export const wf = workflow({ name: "async-captured-promise", version: 1, run: function* (input: { n: number }) {
  let got = 0;
  ready.then((value) => { got = value; });
  return got;
} });
