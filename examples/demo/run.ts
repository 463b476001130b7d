import { readFileSync } from "node:fs";
import { type Fx, RaftoralError } from "raftoral";
import { type Cluster, createCluster } from "raftoral/testing";
import { type OrderResult, processOrder, type Shop } from "../process-order.ts";
import * as client from "../shop/client.ts";
import type { Order } from "../shop/order.ts";
import { startShop } from "../shop/start.ts";
import { progress } from "./progress.ts";
import { Takeovers } from "./takeovers.ts";

export interface DemoReport {
  readonly mode: "memory";
  readonly nodes: number;
  readonly orders: number;
  readonly completed: number;
  readonly failed: number;
  readonly killed: readonly string[];
  readonly chargeRequests: number;
  readonly chargesApplied: number;
  readonly ordersCharged: number;
  readonly takeoverMs: { readonly p50: number; readonly max: number };
  readonly logEntries: number;
  readonly seconds: number;
}

/** Orders under way: enough that the crash finds many, few enough that they come one by one. */
const AT_ONCE = 60;

/** How long the shop takes to answer: long enough that the crash finds much under way. */
const SHOP_DELAY_MS = 60;

const readOrders = (): readonly Order[] =>
  readFileSync(new URL("../data/orders.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

export async function runDemo(): Promise<DemoReport> {
  const orders = readOrders();
  const startedMs = performance.now();
  const server = await startShop({ delayMs: SHOP_DELAY_MS });
  const takeovers = new Takeovers();
  const shop: Shop = {
    checkStock: (sku, fx) => client.checkStock(server.base, sku, noted(fx).signal),
    charge: (order, fx) => client.charge(server.base, order, fx.idempotencyKey, noted(fx).signal),
  };
  const noted = (fx: Fx): Fx => {
    takeovers.onEffect(fx);
    return fx;
  };
  const cluster = await createCluster({
    nodes: 3,
    workflows: [processOrder],
    clock: "real",
    deps: { shop },
  });
  try {
    const { ended, killed } = await processAll(cluster, orders, takeovers);
    const { chargeRequests, chargesApplied, ordersCharged } = await client.report(server.base);
    const survivor = cluster.names.find((name) => !killed.includes(name)) ?? "";
    return {
      mode: "memory",
      nodes: cluster.names.length,
      orders: orders.length,
      completed: ended.filter((end) => end !== undefined).length,
      failed: ended.filter((end) => end === undefined).length,
      killed,
      chargeRequests,
      chargesApplied,
      ordersCharged,
      takeoverMs: takeovers.summary(),
      logEntries: cluster.node(survivor).status().commit,
      seconds: Math.round((performance.now() - startedMs) / 10) / 100,
    };
  } finally {
    await cluster.stop();
    await server.stop();
  }
}

interface Processed {
  readonly ended: readonly (OrderResult | undefined)[];
  readonly killed: readonly string[];
}

/** Starts the orders, most of them on one node, and kills that node when a third is done. */
async function processAll(
  cluster: Cluster,
  orders: readonly Order[],
  takeovers: Takeovers,
): Promise<Processed> {
  const killed: string[] = [];
  const ended: (OrderResult | undefined)[] = [];
  const show = progress(orders.length);
  const waiting = [...orders.entries()];
  const serve = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, order] = next;
      const first = cluster.names[i % 5 === 0 ? 0 : i % 5 === 1 ? 2 : 1];
      ended.push(await toItsEnd(cluster, order, first));
      if (ended.length >= orders.length / 3 && killed.length === 0) {
        killed.push(takeovers.crashBusiest(cluster, orders));
      }
      show(ended.length, killed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, serve));
  return { ended, killed };
}

/** Starts the order under its own id and waits; when the node asked dies, asks another. */
async function toItsEnd(
  cluster: Cluster,
  order: Order,
  first: string | undefined,
): Promise<OrderResult | undefined> {
  const names = [...new Set([first ?? "a", ...cluster.names])];
  for (const name of names) {
    try {
      const run = await cluster.node(name).start(processOrder, order, { id: order.id });
      return await run.result();
    } catch (error) {
      if (!(error instanceof RaftoralError && error.code === "node-stopped")) return;
    }
  }
  return;
}
