import { step, workflow } from "raftoral";

const settle = step("settle", async (id: string) => id);

function withTimeout<T>(value: T, ms: number): T {
  const timer = setTimeout(() => undefined, ms);
  clearTimeout(timer);
  return value;
}

export const settlement = workflow({
  name: "settlement",
  run: function* (id: string) {
    return withTimeout(yield* settle(id), 5_000);
  },
});
