import { now, sleepUntil, step, workflow } from "raftoral";

const bill = step("bill", async (period: string) => period);
function addMonths(at: Date, months: number): Date {
  const next = new Date(at);
  next.setUTCMonth(next.getUTCMonth() + months);
  return next;
}

export const billing = workflow({
  name: "billing",
  run: function* (from: { start: string; months: number }) {
    const start = new Date(from.start);
    for (let month = 1; month <= from.months; month += 1) {
      const due = addMonths(start, month);
      if (due > (yield* now())) yield* sleepUntil(due);
      yield* bill(due.toISOString());
    }
  },
});
