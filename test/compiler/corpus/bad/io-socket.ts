// expect: io @ line 5
import { createConnection } from "node:net";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-socket", version: 1, run: function* (input: { n: number }) {
  createConnection(80);
  return input.n;
} });
