// expect: none
import { compute, type Gen, race, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "race-of-branches", version: 1, run: function* (input: { n: number }) {
  const won = yield* race({ work: () => compute("a", async () => Date.now()), late: function* (): Gen<number> { yield* sleep("1s"); return -1; } });
  return won.value + input.n;
} });
