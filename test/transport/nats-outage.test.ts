import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "nats";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import type { Transport, TransportHandlers } from "../../src/transport/port.ts";
import { encodeRpc } from "../../src/transport/rpc-codec.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { startProxy } from "../fixtures/nats/proxy.ts";
import { type NatsWorld, natsWorld } from "../fixtures/nats/world.ts";

/** A real server that dies, hangs or cuts somebody off, and processes that go on (DESIGN §7). */
const test = suite("transport: nats outage", { limitMs: 120_000 });

const law = (title: string, body: (world: NatsWorld) => Promise<void>): void =>
  test(title, async () => {
    const world = await natsWorld();
    try {
      await body(world);
    } finally {
      await world.close();
    }
  });

const byte = (n: number): Uint8Array => new Uint8Array([n]);

function hear(place: Transport, more: Partial<TransportHandlers> = {}): number[] {
  const heard: number[] = [];
  place.listen({
    onMessage: (_from, body) => heard.push(body[0] ?? -1),
    onRequest: async (_from, body) => body,
    onUndelivered: () => {},
    ...more,
  });
  return heard;
}

const count = (place: Transport, counter: string): number => place.counters[counter] ?? -1;

/**
 * Says it until it is heard. That a connection is back does not tell that the server has its
 * subscriptions: what another one sends may be there before them, and be heard by nobody.
 */
function saidUntilHeard(
  world: NatsWorld,
  heard: readonly number[],
  { from, n }: { readonly from: Transport; readonly n: number },
): Promise<void> {
  return world.until(() => {
    if (!heard.includes(n)) from.send("b", byte(n));
    return heard.includes(n);
  });
}

law("a server that was killed and started again finds everybody back", async (world) => {
  const { server } = world;
  const [a, b] = [await world.join("a"), await world.join("b")];
  const heard = hear(b);
  await server.kill();
  await world.until(() => count(a, "disconnects") === 1 && count(b, "disconnects") === 1);
  // Nothing is taken for sent while there is nobody to send it to, and nothing comes late.
  for (let i = 0; i < 10; i++) a.send("b", byte(1));
  assert.is(count(a, "lostDisconnected"), 10);
  assert.is(await codeOf(a.request("b", byte(1), { timeoutMs: 60_000 })), "not-connected");
  await server.start();
  await world.until(() => count(a, "reconnects") === 1 && count(b, "reconnects") === 1);
  await saidUntilHeard(world, heard, { from: a, n: 2 });
  assert.equal(new Set(heard), new Set([2]));
  assert.equal(await a.request("b", byte(3), { timeoutMs: 5_000 }), byte(3));
  const kinds = new Set(world.events.map(({ kind }) => kind));
  assert.ok(kinds.has("disconnected") && kinds.has("reconnected"), "both are told to the log");
});

law("while the server stands still, requests end and the backlog is bounded", async (world) => {
  const { server } = world;
  const [a, b] = [await world.join("a"), await world.join("b")];
  const heard = hear(b);
  server.signal("SIGSTOP");
  assert.is(await codeOf(a.request("b", byte(1), { timeoutMs: 100 })), "timed-out");
  const large = new Uint8Array(512 * 1024);
  for (let i = 0; i < 60; i++) a.send("b", large);
  assert.ok(count(a, "lostBacklog") > 20, `${count(a, "lostBacklog")} lost of 60`);
  server.signal("SIGCONT");
  await world.until(() => heard.length > 20);
  await world.quiet();
  const lost = count(a, "lostBacklog");
  // What is under way was told to the server: there is room again.
  a.send("b", byte(7));
  await world.until(() => heard.includes(7));
  assert.is(count(a, "lostBacklog"), lost);
});

law("one process that is cut off comes back by itself, the others never notice", async (world) => {
  const proxy = await startProxy(world.server.port);
  const [a, b] = [await world.join("a", { servers: proxy.url }), await world.join("b")];
  const heard = hear(b);
  const unheard: string[] = [];
  hear(a);
  b.listen({
    onMessage: (_from, body) => heard.push(body[0] ?? -1),
    onRequest: async (_from, body) => body,
    onUndelivered: (to, why) => unheard.push(`${to} ${why}`),
  });
  proxy.cut();
  await world.until(() => count(a, "disconnects") > 0);
  b.send("a", byte(1));
  await world.until(() => unheard.length > 0);
  assert.equal(unheard, ["a no-responders"]);
  proxy.heal();
  await world.until(() => count(a, "reconnects") > 0);
  a.send("b", byte(5));
  await world.until(() => heard.length > 0);
  assert.equal(heard, [5]);
  assert.is(count(b, "disconnects"), 0);
  await proxy.close();
});

test("a reader that stands still is cut off by the server, counted, and hears again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slow-"));
  const config = join(folder, "server.conf");
  writeFileSync(config, 'max_payload: 256KB\nmax_pending: 512KB\nwrite_deadline: "1s"\n');
  const said: string[] = [];
  const world = await natsWorld({ config, onLine: (line) => said.push(line) });
  const proxy = await startProxy(world.server.port);
  try {
    const [a, b] = [await world.join("a"), await world.join("b", { servers: proxy.url })];
    const heard = hear(b);
    proxy.stall("back");
    const large = new Uint8Array(200 * 1024);
    // More than the sockets between hold; the sender has its own bound and goes on.
    const send = setInterval(() => a.send("b", large), 5);
    try {
      await world.until(() => count(b, "disconnects") > 0);
    } finally {
      clearInterval(send);
    }
    proxy.heal();
    await world.until(() => count(b, "reconnects") > 0);
    assert.match(said.join("\n"), /Slow Consumer/);
    assert.ok(
      world.events.some(({ kind }) => kind === "disconnected"),
      "told to the log",
    );
    await saidUntilHeard(world, heard, { from: a, n: 9 });
    assert.is(count(a, "disconnects"), 0, "nobody else pays for it");
  } finally {
    await world.close();
    await proxy.close();
    rmSync(folder, { recursive: true });
  }
});

law("an answer that comes after its time-out is counted and believed by nobody", async (world) => {
  const [a, b] = [await world.join("a"), await world.join("b")];
  const waiting: ((body: Uint8Array) => void)[] = [];
  hear(b, { onRequest: () => new Promise((resolve) => waiting.push(resolve)) });
  const first = a.request("b", byte(1), { timeoutMs: 50 });
  assert.is(await codeOf(first), "timed-out");
  const second = a.request("b", byte(2), { timeoutMs: 5_000 });
  await world.until(() => waiting.length === 2);
  waiting[0]?.(byte(1));
  await world.until(() => count(a, "lateReplies") === 1);
  waiting[1]?.(byte(2));
  assert.equal(await second, byte(2));
});

law(
  "an answer under another id, to another's question or too large, settles nothing",
  async (w) => {
    const [a, b] = [await w.join("a"), await w.join("b")];
    hear(b, { onRequest: async () => new Uint8Array(a.maxBodyBytes + 1) });
    assert.is(await codeOf(a.request("b", byte(1), { timeoutMs: 100 })), "timed-out");
    assert.is(count(b, "overload"), 1);
    const raw = await connect({ servers: w.server.url });
    const replies: string[] = [];
    raw.subscribe("rft.test.c.rpc.a", {
      callback: (_error, message) => {
        replies.push(message.reply ?? "");
        message.respond(encodeRpc({ kind: "reply", rpcId: 999, body: byte(1) }));
        message.respond(encodeRpc({ kind: "request", rpcId: replies.length, body: byte(1) }));
      },
    });
    await raw.flush();
    assert.is(await codeOf(a.request("c", byte(1), { timeoutMs: 200 })), "timed-out");
    assert.is(replies.length, 1);
    assert.is(count(a, "foreign"), 2);
    await raw.close();
  },
);

law("a second live process of one name is refused, a later one is not", async (world) => {
  const first = await world.join("a");
  assert.is(await codeOf(world.join("a")), "name-in-use");
  first.close();
  await world.quiet();
  assert.is(await codeOf(world.join("a")), "nothing was thrown");
});

law("of two that start under one name at once, one stays", async (world) => {
  const codes = await Promise.all([codeOf(world.join("a")), codeOf(world.join("a"))]);
  assert.ok(codes.filter((code) => code === "nothing was thrown").length <= 1, codes.join());
  assert.ok(codes.includes("name-in-use"));
});

law("without a server the first connection ends, and says how to get one", async (world) => {
  await world.server.kill();
  const started = performance.now();
  const error = await world.join("a").catch((thrown: unknown) => thrown);
  assert.ok(error instanceof RaftoralError && error.code === "not-connected");
  assert.match(error.message, /apt-get install nats-server/);
  assert.ok(performance.now() - started < 10_000);
});

law("a server that starts after its nodes is waited for", async (world) => {
  await world.server.kill();
  const joining = world.join("a");
  await world.quiet();
  await world.server.start();
  assert.is((await joining).name, "a");
});

law("a client's call is answered by one of the members", async (world) => {
  const client = await world.client("c1");
  const nobody = client.call(byte(1), { timeoutMs: 60_000 });
  assert.is(await codeOf(nobody), "no-responders");
  const asked: string[] = [];
  for (const name of ["a", "b"]) {
    hear(await world.join(name), {
      onCall: async (from, body) => {
        asked.push(`${name} ${from}`);
        return body;
      },
    });
  }
  await world.quiet();
  for (let i = 0; i < 40; i++) {
    assert.equal(await client.call(byte(i), { timeoutMs: 5_000 }), byte(i));
  }
  assert.is(asked.length, 40, "each call is given to one member");
  assert.equal([...new Set(asked)].sort(), ["a c1", "b c1"]);
});

test.run();
