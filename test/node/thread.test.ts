import { compute, type Gen, now, RaftoralError, startNode, workflow } from "raftoral";
import { createCluster } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeConfig } from "../../src/node/config.ts";
import { createNodeDisk, memoryHome } from "../../src/node/identity.ts";
import type { EngineEnd } from "../../src/node/thread/engine-end.ts";
import { Outgoing } from "../../src/node/thread/outgoing.ts";
import { Page } from "../../src/node/thread/page.ts";
import type { ThreadHandlers } from "../../src/node/thread/spawn.ts";
import { threadedNode } from "../../src/node/thread/threaded-node.ts";
import { Watch } from "../../src/node/thread/watch.ts";
import { virtualThread } from "../../src/testing/virtual-thread.ts";
import { virtualWorld } from "../../src/testing/world.ts";
import { stateHash } from "../../src/workflow/machine/snapshot.ts";
import { createMachineState } from "../../src/workflow/machine/state.ts";
import { countEvery } from "../fixtures/cluster/count.ts";

/** The engine on a thread of its own, virtual or real, and the user's side at the other end. */
const test = suite("node: thread", { limitMs: 60_000 });

const count = countEvery("10ms");

test("runs, takeovers and restarts go on over a thread's messages", async () => {
  const cluster = await createCluster({ workflows: [count], engine: "worker", seed: 3 });
  try {
    const names = ["a", "b", "c"];
    const handles = await Promise.all(
      names.map((name) => cluster.node(name).start(count, 20, { id: name })),
    );
    await cluster.advance("100ms");
    cluster.crash("b");
    await cluster.advance("3s");
    await cluster.restart("b");
    for (const { workflowId } of handles) {
      assert.is(await cluster.node("b").get(count, workflowId).result(), 210);
    }
  } finally {
    await cluster.stop();
  }
});

const hurried = workflow({
  name: "hurried",
  run: function* (times: number): Gen<number> {
    const before = yield* now();
    for (let i = 0; i < times; i++) yield* compute("tick", () => i);
    return (yield* now()).getTime() - before.getTime();
  },
});

test("what concerns a node's own runs is fed at once: an effect costs no wait more", async () => {
  const took = async (engine: "inline" | "worker"): Promise<number> => {
    const cluster = await createCluster({ workflows: [hurried], engine, seed: 1, nodes: 1 });
    try {
      return await (await cluster.node("a").start(hurried, 50)).result();
    } finally {
      await cluster.stop();
    }
  };
  const [inline, worker] = [await took("inline"), await took("worker")];
  assert.ok(worker - inline < 50, `${worker} ms, inline ${inline}`);
});

test("a mirror that stood still too long gets a base, and is equal again", async () => {
  const world = virtualWorld(1, {});
  const [life, engineLife] = [world.process("user"), world.process("engine")];
  const disk = createNodeDisk();
  const around = (timers: typeof life.timers, concern: string) => ({
    clock: world.clock,
    timers,
    chance: world.chance(concern),
  });
  let end: EngineEnd | undefined;
  const running = await world.drive(
    threadedNode({
      config: nodeConfig({ workflows: [count], logLevel: "silent", name: "a" }),
      ports: around(life.timers, "user"),
      spawn: virtualThread({
        surroundings: async () => ({
          ports: around(engineLife.timers, "engine"),
          network: world.network,
          home: memoryHome(disk),
        }),
        engineTimers: engineLife.timers,
        userTimers: life.timers,
        limits: { feedBytes: 4_096, baseBytes: 1_024 },
        onServed: (served) => {
          end = served;
        },
      }),
    }),
  );
  const engine = end?.engine;
  assert.ok(engine);
  await world.drive(running.face.start(count, 3, { id: "before" }));
  life.pause();
  for (let i = 0; i < 50; i++) {
    const input = new Uint8Array(100);
    const start = { name: "other", version: 1, input, inputHash: "h" };
    await world.drive(engine.gateway.start({ workflowId: `run-${i}`, ...start }));
  }
  assert.is(running.machine.workflows.runs.size, 1, "it stands still");
  life.resume();
  await world.advance(2_000);
  assert.is(end?.bases, 1);
  assert.is(stateHash(running.machine.workflows), stateHash(engine.machine.workflows));
  assert.is(await world.drive(running.face.get(count, "before").result()), 6);
  await world.drive(running.stop(0));
  life.kill();
  engineLife.kill();
});

test("user code that blocks costs no election, and nobody else's runs", async () => {
  const cluster = await createCluster({ workflows: [count], engine: "worker", seed: 5 });
  try {
    const leader = cluster.leader() ?? "";
    const [other = ""] = cluster.names.filter((name) => name !== leader);
    const { term } = cluster.node(other).status();
    const own = await cluster.node(leader).start(count, 200, { id: "own" });
    cluster.block(leader);
    const theirs = await cluster.node(other).start(count, 20, { id: "theirs" });
    assert.is(await theirs.result(), 210);
    await cluster.advance("10s");
    assert.is(cluster.node(other).status().term, term, "no election");
    assert.is(cluster.owner("own"), leader, "ten seconds are within the limit");
    cluster.unblock(leader);
    assert.is(await own.result(), 20_100);
  } finally {
    await cluster.stop();
  }
});

test("past the limit the runs go to others, and come no more before it answers", async () => {
  const cluster = await createCluster({ workflows: [count], engine: "worker", seed: 6 });
  try {
    const leader = cluster.leader() ?? "";
    const others = cluster.names.filter((name) => name !== leader);
    const [other = ""] = others;
    const { term } = cluster.node(other).status();
    await cluster.node(leader).start(count, 200, { id: "own" });
    cluster.block(leader);
    await cluster.advance("31s");
    assert.is(await cluster.node(other).get(count, "own").result(), 20_100);
    const isUp = (): boolean | undefined =>
      cluster
        .node(other)
        .status()
        .members.find(({ name }) => name === leader)?.isUp;
    assert.is(isUp(), false);
    assert.is(cluster.node(other).status().term, term, "it leads on");
    cluster.unblock(leader);
    await cluster.advance("2s");
    assert.is(isUp(), true);
    const again = await cluster.node(leader).start(count, 2, { id: "again" });
    assert.is(await again.result(), 3);
  } finally {
    await cluster.stop();
  }
});

test("who is blocked is not announced, though nobody else is left to own runs", async () => {
  const cluster = await createCluster({ workflows: [count], engine: "worker", seed: 7 });
  try {
    // Answered by the engines: they go on.
    const client = await cluster.client("outside");
    const up = async (): Promise<readonly string[]> =>
      (await client.admin.status()).members.filter(({ isUp }) => isUp).map(({ name }) => name);
    for (const name of ["a", "b"]) cluster.block(name);
    await cluster.advance("33s");
    assert.equal(await up(), ["c"], "it has all runs now");
    cluster.block("c");
    await cluster.advance("33s");
    assert.equal(await up(), ["c"], "there is nobody to give them to");
    cluster.crash("c");
    await cluster.advance("10s");
    assert.equal(await up(), []);
    cluster.unblock("a");
    await cluster.advance("3s");
    assert.equal(await up(), ["a"]);
    cluster.unblock("b");
    await cluster.advance("3s");
    assert.equal(await up(), ["a", "b"]);
  } finally {
    await cluster.stop();
  }
});

test("a process that stood still as a whole holds nothing against its user code", () => {
  let nowMs = 0;
  const said: string[] = [];
  const write = (message: string): void => {
    said.push(message);
  };
  const watch = new Watch({
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    log: { debug: write, info: write, warn: write, error: write },
    out: { oldestUnseen: 7 },
    page: new Page(),
    state: createMachineState("1"),
    beatMs: 100,
    ownerBlockedLimitMs: 5_000,
  });
  const look = (afterMs: number): void => {
    nowMs += afterMs;
    watch.look();
  };
  look(100);
  look(60_000);
  assert.not(watch.isBlocked);
  assert.equal(said, []);
  for (let i = 0; i < 50; i++) look(100);
  assert.ok(watch.isBlocked);
  assert.is(said.length, 1);
});

const wrapped = (number: number): number => number >>> 0;

for (const [when, before] of [
  ["", 0],
  [", across the wrap of the numbers", 2 ** 32 - 2],
  [", from half of the numbers on", 2 ** 31 - 2],
] as const)
  test(`what is posted and not taken in is counted${when}`, () => {
    let seen = before;
    const out = new Outgoing(
      { post: () => {}, listen: () => {} },
      {
        get seen() {
          return seen;
        },
      },
    );
    out.post("x", [new ArrayBuffer(1_000)]);
    out.post("y");
    assert.is(out.unseenBytes, 1_000 + 2 * 256);
    seen = wrapped(before + 1);
    assert.is(out.unseenBytes, 256);
    assert.is(out.oldestUnseen, wrapped(before + 2));
    seen = wrapped(before + 2);
    assert.is(out.oldestUnseen, undefined);
    out.post("z");
    assert.is(out.oldestUnseen, wrapped(before + 3));
  });

test("the page shows what was entered, whole, however long it is", () => {
  const page = new Page();
  const other = new Page(page.memory);
  assert.equal(other.activity(), { isInside: false, what: "" });
  page.enter("run at 3");
  page.see(2 ** 31 + 5);
  assert.equal(other.activity(), { isInside: true, what: "run at 3" });
  assert.is(other.seen, 2 ** 31 + 5);
  page.enter("ä".repeat(1_000));
  page.leave();
  assert.match(other.activity()?.what ?? "", /^ä{500,504}$/);
  assert.not(other.activity()?.isInside);
});

test("a thread that fails is the node's end with a word, not the process's", async () => {
  let handlers: ThreadHandlers | undefined;
  const world = virtualWorld(1, {});
  const ports = { clock: world.clock, chance: world.chance("a") };
  const failing = threadedNode({
    config: nodeConfig({ workflows: [count], logLevel: "silent" }),
    ports: { ...ports, timers: world.process("user").timers },
    spawn: (_data, given) => {
      handlers = given;
      return { post: () => {}, end: async () => {} };
    },
  });
  handlers?.onGone(new Error("out of memory"));
  const error = await failing.catch((e: unknown) => e);
  assert.match(String(error), /out of memory/);
});

test("a thread that dies ends its node: whoever waits is told, stopping it settles", async () => {
  const world = virtualWorld(2, {});
  const [life, engineLife] = [world.process("user"), world.process("engine")];
  const ports = { clock: world.clock, timers: life.timers, chance: world.chance("user") };
  const around = { ...ports, timers: engineLife.timers, chance: world.chance("engine") };
  let handlers: ThreadHandlers | undefined;
  const spawn = virtualThread({
    surroundings: async () => ({ ports: around, network: world.network, home: memoryHome() }),
    engineTimers: engineLife.timers,
    userTimers: life.timers,
  });
  const running = await world.drive(
    threadedNode({
      config: nodeConfig({ workflows: [count], logLevel: "silent" }),
      ports,
      spawn: (data, given) => {
        handlers = given;
        return spawn(data, given);
      },
    }),
  );
  const run = await world.drive(running.face.start(count, 1_000));
  const waiting = run.result().catch((error: unknown) => error);
  engineLife.kill();
  handlers?.onGone(new Error("out of memory"));
  const why = await world.drive(running.face.ended);
  assert.ok(why instanceof RaftoralError && why.code === "node-failed", String(why));
  assert.match(why.message, /out of memory/);
  assert.is(running.face.status().role, "failed", "though no beat says so any more");
  const left = await world.drive(running.face.leave().catch((error: unknown) => error));
  assert.ok(left instanceof RaftoralError, "who has failed has not left");
  const told = await world.drive(waiting);
  assert.ok(told instanceof RaftoralError && told.code === "node-failed", String(told));
  await world.drive(running.stop(0));
  life.kill();
});

test("options that cannot cross to a thread are refused, and named", async () => {
  const authenticator = () => ({ user: "a", pass: "b" });
  const error = await startNode({
    workflows: [count],
    nats: { authenticator },
    engine: "worker",
    logLevel: "silent",
  }).catch((e: unknown) => e);
  assert.ok(error instanceof RaftoralError);
  assert.is(error.code, "invalid-argument");
  assert.match(error.message, /engine: "inline"/);
});

test.run();
