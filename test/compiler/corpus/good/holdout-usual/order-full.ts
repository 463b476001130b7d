import { all, checkpoint, compute, log, now, sleep, step, workflow } from "raftoral";

interface Order { readonly id: string; readonly lines: readonly { sku: string; count: number }[] }

const reserve = step("reserve", async (line: { sku: string; count: number }) => `${line.sku}:${line.count}`);
const pay = step("pay", async (order: Order) => ({ at: Date.now(), nonce: Math.random(), id: order.id }));
const totalOf = (order: Order): number => order.lines.reduce((sum, { count }) => sum + count, 0);

export const order = workflow({
  name: "order",
  version: 2,
  run: function* (input: Order) {
    yield* log("order", { id: input.id, total: totalOf(input) });
    const reserved = yield* all(input.lines.map((line) => reserve(line)));
    yield* checkpoint("reserved", reserved.length);
    const paid = yield* pay(input);
    const started = yield* now();
    if (started.getTime() - paid.at > 60_000) yield* sleep("1 hour");
    return yield* compute("receipt", () => `${process.env["SHOP"]}/${input.id}`);
  },
});
