import { spawn, step, workflow } from "raftoral";

const beat = step("beat", async (n: number) => n);

export const supervised = workflow({
  name: "supervised",
  run: function* (n: number) {
    const task = yield* spawn(function* () {
      const jitter = Math.floor(Math.random() * n);
      return yield* beat(jitter);
    });
    return yield* task.join();
  },
});
