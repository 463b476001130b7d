import { checkpoint, step, workflow } from "raftoral";

const tally = step("tally", async (votes: ReadonlyMap<string, bigint>) => votes.size);

export const votes = workflow({
  name: "votes",
  run: function* (ballots: readonly string[]) {
    const counted = new Map<string, bigint>();
    for (const ballot of new Set(ballots)) counted.set(ballot, (counted.get(ballot) ?? 0n) + 1n);
    yield* checkpoint("counted", counted);
    yield* checkpoint("when", new Date(0));
    return yield* tally(counted);
  },
});
