// run: beside
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectRaw, type NatsConnection, nkeyAuthenticator } from "nats";
import { type Client, connect, type Gen, type Node, sleep, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { utf8 } from "../../src/std/bytes.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { type SecuredServer, securedServer } from "../fixtures/nats/secured.ts";
import { until } from "../fixtures/until.ts";

/** The configuration of docs/security.md, with a cluster on it, and what it holds off. */
const test = suite("security: nats configuration", { limitMs: 120_000 });

const nap = workflow({
  name: "nap",
  run: function* (): Gen<string> {
    yield* sleep("50ms");
    return "rested";
  },
});

const silent = { cluster: "orders", logLevel: "silent" } as const;

interface World {
  readonly secured: SecuredServer;
  readonly nodes: readonly Node[];
  readonly client: Client;
  start(name: string, as?: string): Promise<Node>;
}

async function within(body: (world: World) => Promise<void>): Promise<void> {
  const secured = await securedServer();
  const started: Node[] = [];
  const start = async (name: string, as = name): Promise<Node> => {
    const boot = name === "a" ? "bootstrap" : "auto";
    const nats = secured.options(as);
    const node = await startNode({ ...silent, name, workflows: [nap], boot, nats });
    started.push(node);
    return node;
  };
  try {
    const nodes = [await start("a"), await start("b"), await start("c")];
    await until(
      () => nodes.every((node) => node.status().members.every((m) => m.isVoter)),
      "voters",
    );
    const client = await connect({ ...silent, name: "shop", nats: secured.options("shop") });
    await body({ secured, nodes, client, start });
    await client.close();
  } finally {
    await Promise.all(started.map((node) => node.stop({ drain: 0 })));
    await secured.close();
  }
}

/** Somebody's key in the hands of a program that keeps to no rule; `refused` is what it hears. */
async function attacker(
  { secured }: World,
  as: string,
): Promise<{ readonly raw: NatsConnection; readonly refused: string[] }> {
  const { nkeySeed = "", servers, tls } = secured.options(as);
  const raw = await connectRaw({
    servers: String(servers),
    ...(tls === undefined ? {} : { tls }),
    authenticator: nkeyAuthenticator(utf8(nkeySeed)),
  });
  const refused: string[] = [];
  void (async () => {
    for await (const { permissionContext: what } of raw.status()) {
      if (what !== undefined) refused.push(`${what.operation} ${what.subject}`);
    }
  })();
  return { raw, refused };
}

test("a cluster and its client work over it, encrypted, each as itself", () =>
  within(async ({ nodes, client }) => {
    for (let i = 0; i < 6; i++) {
      const run = await client.start(nap, undefined, { id: `run-${i}` });
      assert.is(await run.result(), "rested");
    }
    assert.is((await client.admin.status()).members.length, 3);
    for (const node of nodes) assert.is(node.status().transport["permissionViolations"], 0);
  }));

test("no key, an unknown key and another's name get no further than the door", () =>
  within(async ({ secured, start }) => {
    const { servers = "", tls } = secured.options("a");
    const bare = { servers, ...(tls === undefined ? {} : { tls }) };
    const noKey = startNode({ ...silent, name: "d", workflows: [], nats: bare });
    assert.is(await codeOf(noKey), "not-authorized");
    assert.is(await codeOf(start("d", "stranger")), "not-authorized");
    assert.is(await codeOf(start("d", "b")), "not-authorized");
    const asShop = connect({ ...silent, name: "shop", nats: secured.options("stranger") });
    assert.is(await codeOf(asShop), "not-authorized");
    const otherName = connect({ ...silent, name: "shop2", nats: secured.options("shop") });
    assert.is(await codeOf(otherName), "not-authorized");
    const otherCluster = connect({
      ...silent,
      cluster: "payments",
      name: "shop",
      nats: secured.options("shop"),
    });
    assert.is(await codeOf(otherCluster), "not-authorized");
  }));

test("a certificate that the authority did not sign is not talked to", () =>
  within(async ({ secured }) => {
    const { nkeySeed = "", servers = "" } = secured.options("a");
    const node = startNode({
      ...silent,
      name: "d",
      workflows: [],
      nats: { servers, nkeySeed },
      discoveryTimeout: "1s",
    });
    assert.is(await codeOf(node), "not-connected");
  }));

test("nobody speaks as another, and nobody reads what is for another", () =>
  within(async (world) => {
    const [a] = world.nodes;
    const before = a?.status();
    const { raw, refused } = await attacker(world, "b");
    raw.publish("rft.orders.a.raft.c", new Uint8Array([1]));
    raw.publish("rft.orders.a.rpc.c", new Uint8Array([1]));
    raw.publish("rft.orders.join.c", new Uint8Array([1]));
    raw.publish("rft.payments.a.raft.b", new Uint8Array([1]));
    for (const subject of [
      "rft.orders.a.>",
      "_INBOX.a.>",
      "_INBOX.>",
      ">",
      "rft.orders.api.shop",
    ]) {
      raw.subscribe(subject, { callback: () => {} });
    }
    await raw.flush();
    await until(() => refused.length >= 9, "all are refused");
    assert.equal(
      refused.filter((line) => line.startsWith("publish")).length,
      4,
      refused.join("; "),
    );
    const after = a?.status();
    assert.equal(after?.counters, before?.counters);
    assert.is(after?.transport["badSenders"], 0);
    await raw.close();
  }));

test("a client can call, and nothing else", () =>
  within(async (world) => {
    const { raw, refused } = await attacker(world, "shop");
    raw.publish("rft.orders.a.raft.shop", new Uint8Array([1]));
    raw.publish("rft.orders.a.rpc.shop", new Uint8Array([1]));
    raw.publish("rft.orders.join.shop", new Uint8Array([1]));
    raw.publish("_INBOX.a.guess.r.1", new Uint8Array([1]));
    raw.publish("rft.orders.api.other", new Uint8Array([1]));
    raw.subscribe("rft.orders.api.*", { queue: "api", callback: () => {} });
    await raw.flush();
    await until(() => refused.length >= 6, "all are refused");
    await raw.close();
  }));

test("the command line asks under the name that the permissions know, or is refused", () =>
  within(async ({ secured }) => {
    const { nkeySeed = "", servers = "", tls } = secured.options("shop");
    const folder = mkdtempSync(join(tmpdir(), "key-"));
    const seedPath = join(folder, "shop.nk");
    writeFileSync(seedPath, nkeySeed);
    const where = ["--cluster", "orders", "--nats", String(servers), "--ca", tls?.caFile ?? ""];
    let said = "";
    const write = (text: string): void => {
      said += text;
    };
    const ls = (...as: readonly string[]): Promise<number> =>
      runCommandLine(["ls", ...where, "--nkey", seedPath, ...as], { write, writeError: write });
    assert.is(await ls("--as", "shop"), 0, said);
    assert.is(await ls(), 2);
    assert.match(said, /\(not-authorized\)/);
    rmSync(folder, { recursive: true });
  }));

test("permissions that are taken away are counted, and a node is back when they are", () =>
  within(async ({ secured, nodes, client }) => {
    const [a, b] = nodes;
    const violations = (): number => b?.status().transport["permissionViolations"] ?? 0;
    secured.reload((config) => config.replaceAll('"rft.orders.b.>"', '"rft.orders.nothing"'));
    await until(() => violations() > 0, "b is told");
    await until(
      () => a?.status().members.some((m) => m.name === "b" && !m.isUp) === true,
      "b down",
    );
    secured.reload((config) => config);
    await until(() => a?.status().members.every((m) => m.isUp) === true, "b up again");
    const run = await client.start(nap, undefined, { id: "after" });
    assert.is(await b?.get(nap, run.workflowId).result(), "rested");
  }));

test.run();
