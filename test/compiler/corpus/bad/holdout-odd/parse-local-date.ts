import { sleepUntil, step, workflow } from "raftoral";

const open = step("open", async (shop: string) => shop);

export const opening = workflow({
  name: "opening",
  run: function* (input: { shop: string; day: string }) {
    yield* sleepUntil(new Date(`${input.day}T09:00:00`));
    return yield* open(input.shop);
  },
});
