import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, connect, RaftoralError } from "raftoral";
import { type NatsServer, startNatsServer } from "../nats/server.ts";
import { type OrderResult, processOrder } from "../process-order.ts";
import * as shop from "../shop/client.ts";
import type { Order } from "../shop/order.ts";
import { type Shop, startShop } from "../shop/start.ts";
import { type NodeProcess, startNodeProcess } from "./node-process.ts";
import { processOrders, readOrders, SHOP_DELAY_MS } from "./orders.ts";
import { type DemoReport, reportOf } from "./report.ts";
import { Takeovers } from "./takeovers.ts";

const NAMES = ["a", "b", "c"];
const CLUSTER = "demo";
/** The killed one must be back, and all of them up, within this. */
const BACK_MS = 30_000;

/**
 * A nats-server and three nodes, each a process with a directory of its own. The busiest is killed
 * by kill -9 and started again; the orders come from a client that is no member.
 */
export async function runInProcesses(): Promise<DemoReport> {
  const startedMs = performance.now();
  const world = new World(await startNatsServer(), await startShop({ delayMs: SHOP_DELAY_MS }));
  try {
    await Promise.all(NAMES.map((name) => world.start(name)));
    const client = await connect({ cluster: CLUSTER, nats: { servers: world.nats.url } });
    const { ended, killed } = await processOrders(
      readOrders(),
      (order) => toItsEnd(client, order),
      async () => world.killBusiest(await owners(client)),
    );
    const logEntries = await allBack(client);
    await client.close();
    const report = await shop.report(world.shop.base);
    const { takeovers } = world;
    const nodes = NAMES.length;
    return reportOf({
      mode: "processes",
      nodes,
      ended,
      killed,
      shop: report,
      takeovers,
      logEntries,
      startedMs,
    });
  } finally {
    await world.stop();
  }
}

class World {
  readonly nats: NatsServer;
  readonly shop: Shop;
  readonly takeovers = new Takeovers();
  readonly #top = mkdtempSync(join(tmpdir(), "raftoral-demo-"));
  readonly #nodes = new Map<string, NodeProcess>();

  constructor(nats: NatsServer, server: Shop) {
    this.nats = nats;
    this.shop = server;
  }

  async start(name: string): Promise<void> {
    const where = ["--cluster", CLUSTER, "--nats", this.nats.url, "--expect", NAMES.join(",")];
    const node = await startNodeProcess({
      name,
      flags: [...where, "--data", join(this.#top, name)],
      shopUrl: this.shop.base,
      onEffect: (effect) => this.takeovers.onEffect(effect),
    });
    this.#nodes.set(name, node);
  }

  /** By kill -9, and starts it again on its directory. */
  async killBusiest(ownerOf: ReadonlyMap<string, string | undefined>): Promise<string> {
    let dead: Promise<void> | undefined;
    const victim = this.takeovers.crashBusiest(ownerOf, (name) => {
      dead = this.#nodes.get(name)?.kill("SIGKILL");
    });
    await dead;
    await this.start(victim);
    return victim;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.kill("SIGKILL")));
    await this.shop.stop();
    await this.nats.stop();
    rmSync(this.#top, { recursive: true, force: true });
  }
}

async function owners(client: Client): Promise<ReadonlyMap<string, string | undefined>> {
  const { runs } = await client.list({ status: "running", limit: 1_000 });
  return new Map(runs.map(({ owner, workflowId }) => [workflowId, owner]));
}

async function toItsEnd(client: Client, order: Order): Promise<OrderResult | undefined> {
  try {
    const run = await client.start(processOrder, order, { id: order.id });
    return await run.result();
  } catch (error) {
    if (!(error instanceof RaftoralError)) throw error;
    console.error(`${order.id}: ${error.message}`);
    return;
  }
}

/** Waits until every member is up again; how long the log is then. */
async function allBack(client: Client): Promise<number> {
  const untilMs = performance.now() + BACK_MS;
  for (;;) {
    const { commit, members } = await client.admin.status();
    if (members.every(({ isUp }) => isUp)) return commit;
    if (performance.now() > untilMs) throw new Error("the killed node did not come back");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
