// run: beside
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Node, type NodeOptions, RaftoralError, startNode } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";
import { ask } from "../../src/node/asking.ts";
import { realPorts } from "../../src/node/ports.ts";
import { connectNats } from "../../src/transport/nats.ts";
import { valueTerms } from "../../src/workflow/values/terms.ts";
import { countEvery } from "../fixtures/cluster/count.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { startProxy } from "../fixtures/nats/proxy.ts";
import { until } from "../fixtures/until.ts";

/** Whole nodes of one process over a real nats-server. */
const test = suite("scenario: nodes over nats", { limitMs: 120_000 });

const count = countEvery("20ms");

interface World {
  readonly server: NatsServer;
  start(name: string, more?: Partial<NodeOptions>): Promise<Node>;
}

type EngineOption = NonNullable<NodeOptions["engine"]>;

async function within(engine: EngineOption, body: (w: World) => Promise<void>): Promise<void> {
  const server = await startNatsServer();
  const nodes: Node[] = [];
  const start = async (name: string, more: Partial<NodeOptions> = {}): Promise<Node> => {
    const node = await startNode({
      name,
      cluster: "test",
      workflows: [count],
      nats: { servers: server.url },
      logLevel: "silent",
      engine,
      ...more,
    });
    nodes.push(node);
    return node;
  };
  try {
    await body({ server, start });
  } finally {
    await Promise.all(nodes.map((node) => node.stop({ drain: 0 })));
    await server.stop();
  }
}

/** Where its engine runs is nobody else's business: each law holds for both. */
function law(title: string, body: (world: World) => Promise<void>): void {
  for (const engine of ["inline", "worker"] as const) {
    test(`${title} (${engine})`, () => within(engine, body));
  }
}

async function three({ start }: World): Promise<readonly [Node, Node, Node]> {
  const a = await start("a", { boot: "bootstrap" });
  const [b, c] = await Promise.all([start("b"), start("c")]);
  await until(() => votersOf(a) === 3, "three voters");
  return [a, b, c];
}

const votersOf = (node: Node): number =>
  node.status().members.filter(({ isVoter }) => isVoter).length;

law("nodes find each other, carry runs, and a dead one's runs move", async (world) => {
  const [a, b, c] = await three(world);
  const runs = await Promise.all(
    [a, b, c].flatMap((node, n) =>
      Array.from({ length: 5 }, (_, i) => node.start(count, 10, { id: `run-${n}-${i}` })),
    ),
  );
  await b.stop({ drain: 0 });
  for (const { workflowId } of runs) assert.is(await c.get(count, workflowId).result(), 55);
  await until(() => a.status().members.some(({ name, isUp }) => name === "b" && !isUp), "b down");
});

law("a killed server costs time, not runs", async (world) => {
  const [a, b] = await three(world);
  const run = await a.start(count, 60, { id: "long" });
  await world.server.kill();
  const lost = codeOf(b.start(count, 1, { id: "meanwhile" }));
  await until(() => (a.status().transport["disconnects"] ?? 0) > 0, "cut off");
  await world.server.start();
  assert.is(await run.result(), 1_830);
  assert.is(await lost, "nothing was thrown");
  assert.is(await b.get(count, "meanwhile").result(), 1);
});

law("a node that is cut off loses its runs, comes back and follows", async (world) => {
  const proxy = await startProxy(world.server.port);
  const a = await world.start("a", { boot: "bootstrap" });
  await world.start("b");
  const c = await world.start("c", { nats: { servers: proxy.url } });
  await until(() => votersOf(a) === 3, "three voters");
  await c.start(count, 100, { id: "moved" });
  proxy.cut();
  await until(() => a.status().members.some(({ name, isUp }) => name === "c" && !isUp), "c down");
  proxy.heal();
  await until(() => a.status().members.every(({ isUp }) => isUp), "c up again");
  assert.is(await c.get(count, "moved").result(), 5_050);
  await proxy.close();
});

law("three fresh nodes that expect each other make one cluster", async ({ start }) => {
  const expect = ["a", "b", "c"];
  const nodes = await Promise.all(expect.map((name) => start(name, { expect })));
  assert.is(new Set(nodes.map((node) => node.status().clusterUuid)).size, 1);
  const run = await nodes[2]?.start(count, 4);
  assert.is(await run?.result(), 10);
});

law("who expects others founds nothing while one of them is away", async ({ start }) => {
  const expect = ["a", "b", "c"];
  const options = { expect, discoveryTimeout: "2s" } as const;
  const both = Promise.all([codeOf(start("a", options)), codeOf(start("b", options))]);
  assert.equal(await both, ["join-refused", "join-refused"]);
});

law("lists that differ are refused with both of them", async ({ start }) => {
  const alone = start("a", { expect: ["a", "b"], discoveryTimeout: "5s" });
  const other = start("b", { expect: ["a", "b", "c"], discoveryTimeout: "2s" });
  const errors = await Promise.all([alone, other].map((p) => p.catch((error: Error) => error)));
  assert.match(String(errors[0]), /give all nodes the same list/);
  assert.is(await codeOf(other), "join-refused");
});

law("without a cluster and no right to found, a joiner says what to do", async ({ start }) => {
  const error = await start("a", { discoveryTimeout: "1s" }).catch((e: unknown) => e);
  assert.ok(error instanceof RaftoralError && error.code === "join-refused");
  assert.match(error.message, /boot: "bootstrap"/);
});

law("a second live node of one name is refused", async ({ start }) => {
  await start("a", { boot: "bootstrap" });
  await start("b");
  assert.is(await codeOf(start("b")), "name-in-use");
});

law(
  "who asks to join under a live node's name is told so, until that one is gone",
  async (world) => {
    const a = await world.start("a", { boot: "bootstrap" });
    const b = await world.start("b");
    await world.start("c");
    await until(() => votersOf(a) === 3, "three voters");
    const { clock, timers, chance } = realPorts();
    const place = { cluster: "test", nats: { servers: world.server.url }, connectTimeoutMs: 3_000 };
    const other = await connectNats({
      ...place,
      name: "other",
      clock,
      timers,
      life: chance.id(),
      onEvent: () => {},
    });
    const request = (nonce: string): Promise<string> =>
      ask(other, "a", {
        kind: "join",
        cluster: "test",
        name: "b",
        nonce,
        level: 1,
        valueTerms: valueTerms({}),
      }).then((reply) => (reply.kind === "later" ? reply.why : reply.kind));
    assert.match(await request("a twin"), /live node of the cluster is called "b"/);
    assert.match(await request("a twin"), /live node of the cluster is called "b"/);
    await b.stop({ drain: 0 });
    await until(() => a.status().members.some(({ name, isUp }) => name === "b" && !isUp), "b down");
    assert.is(await request("a new disk"), "admitted");
    assert.match(await request("another new disk"), /live node of the cluster/, "just admitted");
    other.close();
  },
);

law(
  "silence while all were cut off is held against nobody, who is back last neither",
  async (w) => {
    const options = { tick: "100ms", memberTimeout: "600ms" } as const;
    const proxies = await Promise.all([1, 2, 3].map(() => startProxy(w.server.port)));
    const through = (i: number) => ({ ...options, nats: { servers: proxies[i]?.url ?? "" } });
    const a = await w.start("a", { ...through(0), boot: "bootstrap" });
    const [b, c] = [await w.start("b", through(1)), await w.start("c", through(2))];
    await until(() => votersOf(a) === 3, "three voters");
    const runs = await Promise.all([a, b, c].map((node) => node.start(count, 400)));
    const epochs = (): Promise<readonly number[]> =>
      Promise.all(runs.map(async (run) => (await run.describe()).epoch));
    const before = await epochs();
    const { term } = a.status();
    const isBack = (node: Node): boolean => (node.status().transport["reconnects"] ?? 0) > 0;
    for (const proxy of proxies) proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 700));
    proxies[0]?.heal();
    proxies[1]?.heal();
    await until(() => isBack(a) && isBack(b), "two are back");
    await new Promise((resolve) => setTimeout(resolve, 200));
    proxies[2]?.heal();
    await until(() => isBack(c), "the third is back");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.is(a.status().term, term, "the leader stayed");
    assert.equal(await epochs(), before);
    for (const proxy of proxies) await proxy.close();
  },
);

law("bootstrap with an empty directory joins the cluster that is there", async ({ start }) => {
  const first = await start("a", { boot: "bootstrap" });
  const second = await start("b", { boot: "bootstrap" });
  assert.is(first.status().clusterUuid, second.status().clusterUuid);
});

law("a node comes back from its directory, a wiped one as a new node", async (world) => {
  const top = mkdtempSync(join(tmpdir(), "nats-"));
  const at = (name: string) => ({ dataDir: join(top, name) });
  try {
    const a = await world.start("a", { boot: "bootstrap", ...at("a") });
    const b = await world.start("b", at("b"));
    await world.start("c", at("c"));
    await until(() => votersOf(a) === 3, "three voters");
    const idOf = (name: string): number | undefined =>
      a.status().members.find((member) => member.name === name)?.id;
    const before = idOf("b");
    await b.stop();
    const again = await world.start("b", at("b"));
    assert.is(idOf("b"), before);
    await again.stop();
    rmSync(join(top, "b"), { recursive: true });
    await world.start("b", at("b"));
    assert.ok((idOf("b") ?? 0) > (before ?? 0), "a new id");
    await until(() => votersOf(a) === 3, "three voters again");
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

law("a client finds the cluster, and says so when it cannot", async (world) => {
  const nats = { servers: world.server.url };
  const nobody = connect({ cluster: "test", nats, connectTimeout: "1s" });
  assert.is(await codeOf(nobody), "no-responders");
  const [a] = await three(world);
  const client = await connect({ cluster: "test", nats, logLevel: "silent" });
  const run = await client.start(count, 10, { id: "outside" });
  assert.is(await run.result(), 55);
  assert.is(await a.get(count, "outside").result(), 55);
  assert.is((await client.admin.status()).members.length, 3);
  await client.close();
});

test.run();
