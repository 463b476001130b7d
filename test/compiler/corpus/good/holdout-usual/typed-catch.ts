import { compute, NonRetryable, step, workflow } from "raftoral";

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
}
const charge = step("charge", async (cents: number) => {
  if (cents > 1_000) throw new CardDeclined("too much");
  return cents;
});

export const purchase = workflow({
  name: "purchase",
  run: function* (cents: number) {
    try {
      return yield* charge(cents);
    } catch (error) {
      if (error instanceof NonRetryable) throw error;
      if (error instanceof Error && error.name === "CardDeclined") {
        return yield* compute("tell", () => -1);
      }
      throw error;
    }
  },
});
