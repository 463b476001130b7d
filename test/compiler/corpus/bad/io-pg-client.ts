// expect: io @ line 5
import { Client } from "pg";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-pg-client", version: 1, run: function* (input: { n: number }) {
  const client = new Client();
  void client.query("select 1");
  return input.n;
} });
