import { all, step, variable, workflow } from "raftoral";

export interface Order {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

const inStock = step("in-stock", (line: Order["lines"][number]) => line.quantity <= 10);

// The key is the same on every attempt, on every node: the bank charges once at most.
const charge = step("charge", (order: Order, fx) => `receipt ${order.id} ${fx.attempt}`, {
  retry: { attempts: 5, backoff: "200ms" },
  timeout: "10s",
});

export const processOrder = workflow({
  name: "process-order",
  run: function* (order: Order) {
    const status = yield* variable("status", "checking");
    const available = yield* all(order.lines.map((line) => inStock(line)));
    if (available.includes(false)) {
      yield* status.set("out of stock");
      return { status: status.value, receipt: undefined };
    }
    const receipt = yield* charge(order);
    yield* status.set("confirmed");
    return { status: status.value, receipt };
  },
});
