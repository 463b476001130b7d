// expect: swallow @ line 7
import { checkpoint, type Gen, workflow } from "raftoral";
function* tried(n: number): Gen<number> {
  try { return yield* checkpoint("n", n); } catch { return -1; }
}
export const wf = workflow({ name: "swallow-in-helper", version: 1, run: function* (input: { n: number }) {
  return yield* tried(input.n);
} });
