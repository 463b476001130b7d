// expect: io @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-fetch", version: 1, run: function* (input: { n: number }) {
  void fetch("https://a.test");
  return input.n;
} });
