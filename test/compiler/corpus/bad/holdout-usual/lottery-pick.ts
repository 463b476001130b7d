import { all, step, workflow } from "raftoral";

const inform = step("inform", async (winner: string) => winner);

function pick<T>(items: readonly T[], count: number, chance: () => number): T[] {
  return [...items].sort(() => chance() - 0.5).slice(0, count);
}

export const lottery = workflow({
  name: "lottery",
  run: function* (tickets: string[]) {
    const winners = pick(tickets, 3, Math.random);
    return yield* all(winners.map((winner) => inform(winner)));
  },
});
