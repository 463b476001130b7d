import { step, workflow } from "raftoral";

const deal = step("deal", async (cards: readonly number[]) => cards.length);

export const game = workflow({
  name: "game",
  run: function* (count: number) {
    const hand = Array.from({ length: count }, () => Math.ceil(Math.random() * 52));
    return yield* deal(hand);
  },
});
