import { price } from "opaque-lib";
import { step, workflow } from "raftoral";

const pay = step("pay", async (cents: number) => cents);

export const quote = workflow({
  name: "quote",
  run: function* (sku: string) {
    return yield* pay(price(sku));
  },
});
