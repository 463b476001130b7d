// expect: none
import { createClient } from "redis";
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-client-set-in-compute", version: 1, run: function* (input: { n: number }) {
  const client = createClient.name;
  return yield* compute("set", async () => { const mine = createClient(); await mine.set(client, "1"); return true; });
} });
