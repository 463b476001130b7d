// expect: none
import { createClient } from "redis";
import { compute, type Gen, workflow } from "raftoral";
const client = createClient();
function* read(from: typeof client, key: string): Gen<string | null> { return yield* compute("get-" + key, () => from.get(key)); }
export const wf = workflow({ name: "client-handed-to-helper", version: 1, run: function* (input: { n: number }) {
  return yield* read(client, "a");
} });
