import { fail, step, workflow } from "raftoral";

const look = step("look", async (id: string) => id);
class OutOfStock extends Error {
  constructor(readonly sku: string, options?: ErrorOptions) {
    super(`${sku} is out of stock`, options);
    this.name = "OutOfStock";
  }
}

export const stocked = workflow({
  name: "stocked",
  run: function* (sku: string) {
    const found = yield* look(sku);
    if (found === "") throw new OutOfStock(sku);
    if (found === "?") return yield* fail(new OutOfStock(sku, { cause: found }));
    return found;
  },
});
