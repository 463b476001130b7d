// expect: io @ line 5
import { get } from "node:http";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-http", version: 1, run: function* (input: { n: number }) {
  get("http://a.test");
  return input.n;
} });
