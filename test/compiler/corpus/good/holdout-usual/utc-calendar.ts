import { now, sleep, step, workflow } from "raftoral";

const DAY_MS = 86_400_000;
const startOfDay = (at: Date): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
const run = step("run", async (day: string) => day);

export const daily = workflow({
  name: "daily",
  run: function* (days: number) {
    for (let day = 0; day < days; day += 1) {
      const today = startOfDay(yield* now());
      yield* run(today.toISOString().slice(0, 10));
      const next = new Date(today.getTime() + DAY_MS);
      yield* sleep(next.getTime() - (yield* now()).getTime());
    }
  },
});
