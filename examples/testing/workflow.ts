import { effects, type Gen, receive, signal, variable, workflow } from "raftoral";

export interface Order {
  readonly id: string;
  readonly cents: number;
}

/** The outside world, as `startNode({ deps })` hands it in. */
export interface Bank {
  charge(key: string, order: Order): Promise<string>;
  refund(receipt: string): Promise<void>;
}

const { step } = effects<Bank>();

export const charge = step(
  "charge",
  (order: Order, fx) => fx.deps.charge(fx.idempotencyKey, order),
  { retry: { attempts: 3, backoff: "1s" } },
);
export const refund = step("refund", (receipt: string, fx) => fx.deps.refund(receipt));
export const approval = signal<{ readonly by: string }>("approval");

export const shipOrder = workflow({
  name: "ship-order",
  run: function* (order: Order): Gen<{ status: string; by?: string }> {
    const status = yield* variable("status", "charging");
    const receipt = yield* charge(order);
    yield* status.set("approving");
    const approved = yield* receive(approval, { timeout: "1 day" });
    if (approved !== undefined) return { status: "shipped", by: approved.by };
    yield* refund(receipt);
    return { status: "refunded" };
  },
});
