import { saga, step, workflow } from "raftoral";

const reserve = step("reserve", async (sku: string) => `r-${sku}`);
const release = step("release", async (reservation: string) => reservation);
const charge = step("charge", async (cents: number) => cents);

export const fulfil = workflow({
  name: "fulfil",
  run: function* (input: { sku: string; cents: number }) {
    return yield* saga(function* (scope) {
      const reservation = yield* scope.run(reserve(input.sku), release);
      charge(input.cents);
      return reservation;
    });
  },
});
