import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { jsonl } from "../../examples/data/generate.ts";
import { charge, checkStock, report, ShopError } from "../../examples/shop/client.ts";
import type { Order } from "../../examples/shop/order.ts";
import { type Shop, startShop } from "../../examples/shop/start.ts";

/** The demo's outside world: what it counts is what the demo is judged by. */
const test = suite("examples: shop");
const { signal } = new AbortController();
const order = (id: string, paymentFailures = 0): Order => {
  return {
    id,
    customer: "Ada",
    lines: [{ sku: "x", quantity: 3, unitCents: 50 }],
    paymentFailures,
  };
};

async function withShop(use: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await startShop();
  try {
    await use(shop);
  } finally {
    await shop.stop();
  }
}

const statusOf = (work: Promise<unknown>): Promise<number | undefined> =>
  work.then(
    () => 200,
    (e) => (e instanceof ShopError ? e.status : undefined),
  );

test("the same key gets the same receipt and is charged once", () =>
  withShop(async ({ base }) => {
    const first = await charge(base, order("a"), "key-1", signal);
    const again = await charge(base, order("a"), "key-1", signal);
    assert.equal(again, first);
    assert.is(first.amountCents, 150);
    const { chargeRequests, chargesApplied, ordersCharged, chargedTwice } = await report(base);
    assert.equal([chargeRequests, chargesApplied, ordersCharged, chargedTwice], [2, 1, 1, []]);
  }));

test("two keys for one order are reported as charged twice", () =>
  withShop(async ({ base }) => {
    await charge(base, order("a"), "key-1", signal);
    await charge(base, order("a"), "key-2", signal);
    await charge(base, order("b"), "key-3", signal);
    const { chargesApplied, ordersCharged, chargedTwice } = await report(base);
    assert.equal([chargesApplied, ordersCharged, chargedTwice], [3, 2, ["a"]]);
  }));

test("a payment that first fails is refused with 503 so many times, and counted", () =>
  withShop(async ({ base }) => {
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push(await statusOf(charge(base, order("a", 2), "key-1", signal)));
    assert.equal(statuses, [503, 503, 200, 200]);
    const { chargeRequests, chargesApplied } = await report(base);
    assert.equal([chargeRequests, chargesApplied], [4, 1]);
  }));

test("a key that is used for another order is refused", () =>
  withShop(async ({ base }) => {
    await charge(base, order("a"), "key-1", signal);
    assert.is(await statusOf(charge(base, order("b"), "key-1", signal)), 422);
    assert.is((await report(base)).ordersCharged, 1);
  }));

test("what is malformed is refused, not charged", () =>
  withShop(async ({ base }) => {
    const post = async (body: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${base}/charge`, { method: "POST", body, headers })).status;
    assert.is(await post(`{"orderId":"a","amountCents":1}`, {}), 400);
    assert.is(await post("no json", { "idempotency-key": "k" }), 400);
    assert.is(await post(`{"orderId":"a","amountCents":-1}`, { "idempotency-key": "k" }), 400);
    assert.is((await fetch(`${base}/nowhere`)).status, 404);
    assert.is((await report(base)).chargesApplied, 0);
  }));

test("stock is told by article", () =>
  withShop(async ({ base }) => {
    assert.ok((await checkStock(base, "lamp-desk", signal)) > 0);
    assert.is(await checkStock(base, "mirror-round", signal), 0);
    assert.is(await statusOf(checkStock(base, "no such/article", signal)), 404);
  }));

test("it ends when its parent does, without being told", async () => {
  const parent = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(new URL("../fixtures/shop-parent.ts", import.meta.url))],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [base] = await once(createInterface(parent.stdout), "line");
  await report(base);
  parent.kill("SIGKILL");
  while (await statusOf(report(base))) await new Promise((next) => setTimeout(next, 20));
});

test("the orders are the generator's: 200, some short of stock, one in ten to retry", () => {
  const text = readFileSync("examples/data/orders.jsonl", "utf8");
  assert.is(text, jsonl);
  const orders: readonly Order[] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const isShort = (o: Order): boolean => o.lines.some((l) => /mirror-round|stool-bar/.test(l.sku));
  assert.is(new Set(orders.map((o) => o.id)).size, 200);
  assert.ok(orders.every((o) => o.lines.length >= 2));
  assert.is(orders.filter(isShort).length, 12);
  assert.is(orders.filter((o) => o.paymentFailures > 0 && !isShort(o)).length, 20);
});

test.run();
