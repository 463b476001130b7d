import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fx, RaftoralError } from "raftoral";
import { type Cluster, createCluster } from "raftoral/testing";
import { type OrderResult, processOrder, type Shop } from "../process-order.ts";
import * as client from "../shop/client.ts";
import type { Order } from "../shop/order.ts";
import { startShop } from "../shop/start.ts";
import { processOrders, readOrders, SHOP_DELAY_MS } from "./orders.ts";
import { type DemoReport, reportOf } from "./report.ts";
import { Takeovers } from "./takeovers.ts";

interface DemoKind {
  readonly mode: "memory" | "data";
  readonly dataDir?: string;
}

/** Three nodes in this process; the busiest is killed, as kill -9 would. */
export const runInMemory = (): Promise<DemoReport> => run({ mode: "memory" });

/** The same on directories: the one that was killed is started again from its own. */
export async function runOnDisk(): Promise<DemoReport> {
  const dataDir = mkdtempSync(join(tmpdir(), "raftoral-demo-"));
  try {
    return await run({ mode: "data", dataDir });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run({ mode, dataDir }: DemoKind): Promise<DemoReport> {
  const orders = readOrders();
  const startedMs = performance.now();
  const server = await startShop({ delayMs: SHOP_DELAY_MS });
  const takeovers = new Takeovers();
  const noted = (fx: Fx): Fx => {
    takeovers.onEffect(fx);
    return fx;
  };
  const shop: Shop = {
    checkStock: (sku, fx) => client.checkStock(server.base, sku, noted(fx).signal),
    charge: (order, fx) => client.charge(server.base, order, fx.idempotencyKey, noted(fx).signal),
  };
  const cluster = await createCluster({
    nodes: 3,
    workflows: [processOrder],
    clock: "real",
    deps: { shop },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  try {
    const { ended, killed } = await processOrders(
      orders,
      (order, place) => toItsEnd(cluster, order, place),
      async () => {
        const victim = takeovers.crashBusiest(owners(cluster, orders), (name) =>
          cluster.crash(name),
        );
        if (dataDir !== undefined) await cluster.restart(victim);
        return victim;
      },
    );
    const survivor = cluster.names.find((name) => !killed.includes(name)) ?? "";
    return reportOf({
      mode,
      nodes: cluster.names.length,
      ended,
      killed,
      shop: await client.report(server.base),
      takeovers,
      logEntries: cluster.node(survivor).status().commit,
      startedMs,
    });
  } finally {
    await cluster.stop();
    await server.stop();
  }
}

const owners = (cluster: Cluster, orders: readonly Order[]): Map<string, string | undefined> =>
  new Map(orders.map(({ id }) => [id, cluster.owner(id)]));

/** Starts the order, most of them on one node, and waits; when the node dies, asks another. */
async function toItsEnd(
  cluster: Cluster,
  order: Order,
  place: number,
): Promise<OrderResult | undefined> {
  const first = cluster.names[place % 5 === 0 ? 0 : place % 5 === 1 ? 2 : 1];
  for (const name of new Set([first ?? "a", ...cluster.names])) {
    try {
      const run = await cluster.node(name).start(processOrder, order, { id: order.id });
      return await run.result();
    } catch (error) {
      if (!(error instanceof RaftoralError && error.code === "node-stopped")) return;
    }
  }
  return;
}
