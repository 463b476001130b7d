// expect: io @ line 5
import * as dns from "node:dns";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-dns", version: 1, run: function* (input: { n: number }) {
  dns.lookup("a.test", () => undefined);
  return input.n;
} });
