import { all, effects, type Fx, type Gen, log, variable, workflow } from "raftoral";
import { ShopError } from "./shop/client.ts";
import type { Receipt } from "./shop/ledger.ts";
import type { Order, OrderLine } from "./shop/order.ts";

/** What the effect bodies need of the outside: `startNode({ deps })` hands it in. */
export interface Shop {
  checkStock(sku: string, fx: Fx): Promise<number>;
  charge(order: Order, fx: Fx): Promise<Receipt>;
}

export interface OrderResult {
  readonly status: "confirmed" | "out-of-stock";
  readonly receiptId?: string;
}

const { step } = effects<{ readonly shop: Shop }>();

const inStock = step(
  "in-stock",
  async (line: OrderLine, fx) => (await fx.deps.shop.checkStock(line.sku, fx)) >= line.quantity,
  { retry: { attempts: 5 } },
);

// The bank refuses now and then. Every attempt carries the same idempotency key:
// charged once at most.
const charge = step("charge", (order: Order, fx) => fx.deps.shop.charge(order, fx), {
  timeout: "10s",
  retry: {
    attempts: 8,
    backoff: "50ms",
    nonRetryable: (error) => error instanceof ShopError && error.status < 500,
  },
});

export const processOrder = workflow({
  name: "process-order",
  run: function* (order: Order): Gen<OrderResult> {
    const status = yield* variable("status", "checking");
    const available = yield* all(order.lines.map((line) => inStock(line)));
    if (available.includes(false)) {
      yield* status.set("out-of-stock");
      return { status: "out-of-stock" };
    }
    yield* status.set("charging");
    const receipt = yield* charge(order);
    yield* status.set("confirmed");
    yield* log("order confirmed", { order: order.id, receipt: receipt.receiptId });
    return { status: "confirmed", receiptId: receipt.receiptId };
  },
});
