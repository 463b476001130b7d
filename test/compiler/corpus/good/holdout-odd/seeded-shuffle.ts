import { random, step, workflow } from "raftoral";

const seat = step("seat", async (guests: readonly string[]) => guests.length);
const generator = (seed: number) => () => {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed / 2_147_483_647;
};

export const seating = workflow({
  name: "seating",
  run: function* (guests: readonly string[]) {
    const next = generator(1 + Math.floor((yield* random()) * 1e6));
    const shuffled = guests.map((guest) => [next(), guest] as const).sort(([a], [b]) => a - b);
    return yield* seat(shuffled.map(([, guest]) => guest));
  },
});
