import { spawn, step, workflow } from "raftoral";

const beat = step("beat", async (n: number) => n);

export const beating = workflow({
  name: "beating",
  run: function* (n: number) {
    spawn(() => beat(n));
    return yield* beat(n);
  },
});
