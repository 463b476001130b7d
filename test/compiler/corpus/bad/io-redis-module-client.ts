// expect: io @ line 6
import { createClient } from "redis";
import { workflow } from "raftoral";
const client = createClient();
export const wf = workflow({ name: "io-redis-module-client", version: 1, run: function* (input: { n: number }) {
  void client.get("a");
  return input.n;
} });
