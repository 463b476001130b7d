import { all, child, step, workflow } from "raftoral";

const charge = step("charge", async (cents: number) => cents);

export const line = workflow({
  name: "line",
  run: function* (cents: number) {
    return yield* charge(cents);
  },
});

export const invoice = workflow({
  name: "invoice",
  run: function* (lines: readonly number[]) {
    const runs = yield* all(lines.map((cents, i) => child(line, cents, { id: `line-${i}` })));
    return runs.length;
  },
});
