import { suite } from "uvu";
import * as assert from "uvu/assert";
import { realPorts } from "../../src/node/ports.ts";
import { Simulator } from "../../src/testing/sim/simulator.ts";
import {
  createMemoryNetwork,
  type MemoryNetwork,
  type NetworkConditions,
} from "../../src/transport/memory.ts";
import { PAUSED_QUEUE_MAX } from "../../src/transport/memory-endpoint.ts";
import type { Transport } from "../../src/transport/port.ts";
import { transportContract } from "../contract/transport.ts";

transportContract("memory, real timers", async () => {
  const { timers } = realPorts();
  const network = createMemoryNetwork({ timers });
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
  return {
    join: async (name) => network.join(name),
    until: async (isSo) => {
      while (!isSo()) await turn();
    },
    quiet: () => new Promise((resolve) => setTimeout(resolve, 20)),
    close: async () => {
      for (const name of ["a", "b"]) network.crash(name);
    },
  };
});

transportContract("memory, virtual time", async () => {
  const sim = new Simulator({ seed: 1 });
  const network = createMemoryNetwork({
    timers: sim.timers,
    random: sim.random("network"),
    conditions: { delayMs: [0.1, 9] },
  });
  return {
    join: async (name) => network.join(name),
    until: async (isSo) => {
      for (let i = 0; !isSo(); i++) {
        assert.ok(i < 1_000, "never so");
        await sim.runUntil(sim.nowMs + 1);
      }
    },
    quiet: () => sim.runUntil(sim.nowMs + 1_000),
    close: async () => {},
  };
});

const test = suite("transport: memory network");

interface World {
  readonly sim: Simulator;
  readonly network: MemoryNetwork;
  readonly places: Readonly<Record<string, Transport>>;
  readonly heard: string[];
}

/** Names a, b and c; `heard` lists `from>to first-byte` and `to!why`. */
function world(conditions: Partial<NetworkConditions> = {}): World {
  const sim = new Simulator({ seed: 7 });
  const random = sim.random("network");
  const network = createMemoryNetwork({ timers: sim.timers, random, conditions });
  const heard: string[] = [];
  const join = (name: string): Transport => {
    const place = network.join(name);
    place.listen({
      onMessage: (from, body) => heard.push(`${from}>${name} ${body[0]}`),
      onRequest: async () => new Uint8Array([9]),
      onUndelivered: (to, why) => heard.push(`${to}!${why}`),
    });
    return place;
  };
  const places = Object.fromEntries(["a", "b", "c"].map((name) => [name, join(name)]));
  return { sim, network, places, heard };
}

const byte = (n: number): Uint8Array => new Uint8Array([n]);

function sendAll({ places }: World): void {
  for (const [from, place] of Object.entries(places)) {
    for (const to of Object.keys(places)) if (to !== from) place.send(to, byte(0));
  }
}

test("a partition is silent: nothing crosses it, and nobody is told", async () => {
  const w = world();
  w.network.partition([["a", "b"], ["c"]]);
  sendAll(w);
  await w.sim.runUntil(10);
  assert.equal(w.heard, ["a>b 0", "b>a 0"]);
  w.network.heal();
  w.places["c"]?.send("a", byte(1));
  await w.sim.runUntil(20);
  assert.equal(w.heard.at(-1), "c>a 1");
});

test("a one-way cut lets the way back open", async () => {
  const w = world();
  w.network.cut("a", "b");
  sendAll(w);
  await w.sim.runUntil(10);
  assert.not.ok(w.heard.includes("a>b 0"));
  assert.ok(w.heard.includes("b>a 0"));
});

test("a crashed name has no responders, until somebody joins as it again", async () => {
  const w = world();
  w.network.crash("b");
  w.places["a"]?.send("b", byte(1));
  await w.sim.runUntil(10);
  assert.equal(w.heard, ["b!no-responders"]);
  w.network.join("b").listen({
    onMessage: (from) => w.heard.push(`${from}>b again`),
    onRequest: async () => byte(0),
    onUndelivered: () => {},
  });
  w.places["a"]?.send("b", byte(1));
  await w.sim.runUntil(20);
  assert.equal(w.heard.at(-1), "a>b again");
});

test("what was on its way to a name's earlier life never reaches the later one", async () => {
  const w = world({ delayMs: [5, 5] });
  w.places["a"]?.send("b", byte(1));
  w.network.crash("b");
  w.network.join("b").listen({
    onMessage: () => w.heard.push("the second life"),
    onRequest: async () => byte(0),
    onUndelivered: () => {},
  });
  w.places["b"]?.send("a", byte(2));
  await w.sim.runUntil(20);
  assert.equal(w.heard, []);
});

test("a paused name hears nothing, says nothing, and has it all on resume, in order", async () => {
  const w = world();
  w.network.pause("b");
  for (let n = 0; n < 5; n++) w.places["a"]?.send("b", byte(n));
  w.places["b"]?.send("c", byte(9));
  await w.sim.runUntil(10);
  assert.equal(w.heard, []);
  w.network.resume("b");
  await w.sim.runUntil(20);
  assert.equal([...w.heard].sort(), ["a>b 0", "a>b 1", "a>b 2", "a>b 3", "a>b 4", "b>c 9"]);
  const order = w.heard.filter((line) => line.startsWith("a>b"));
  assert.equal(order, [...order].sort());
});

test("what waits for a paused name is bounded; the rest is lost and counted", async () => {
  const w = world();
  w.network.pause("b");
  for (let n = 0; n < PAUSED_QUEUE_MAX + 5; n++) w.places["a"]?.send("b", byte(0));
  await w.sim.runUntil(10);
  w.network.resume("b");
  await w.sim.runUntil(20);
  assert.is(w.heard.length, PAUSED_QUEUE_MAX);
  assert.is(w.network.counters.lost, 5);
});

test("delays keep the order of a pair, unless reordering is asked for", async () => {
  const orderOf = async (isReordering: boolean): Promise<readonly string[]> => {
    const w = world({ delayMs: [0, 20], straggling: 0.1, isReordering });
    for (let n = 0; n < 50; n++) w.places["a"]?.send("b", byte(n));
    await w.sim.runUntil(1_000);
    assert.is(w.heard.length, 50);
    return w.heard;
  };
  const expected = Array.from({ length: 50 }, (_, n) => `a>b ${n}`);
  assert.equal(await orderOf(false), expected);
  const reordered = await orderOf(true);
  assert.not.equal(reordered, expected);
  assert.equal([...reordered].sort(), [...expected].sort());
});

test("loss and duplication happen about as often as asked for", async () => {
  const w = world({ loss: 0.2, duplication: 0.1 });
  for (let n = 0; n < 5_000; n++) w.places["a"]?.send("b", byte(0));
  await w.sim.runUntil(10);
  const { lost } = w.network.counters;
  assert.ok(lost > 900 && lost < 1_100, `${lost} lost`);
  const twice = w.heard.length - (5_000 - lost);
  assert.ok(twice > 320 && twice < 480, `${twice} twice`);
});

test("a reply that comes late, to who held the name before, answers nobody", async () => {
  const w = world();
  const { a, b } = w.places;
  const late: ((body: Uint8Array) => void)[] = [];
  const onRequest = (): Promise<Uint8Array> => new Promise((resolve) => late.push(resolve));
  b?.listen({ onMessage: () => {}, onUndelivered: () => {}, onRequest });
  void a?.request("b", byte(1), { timeoutMs: 100 });
  await w.sim.runUntil(10);
  w.network.crash("a");
  const again = w.network.join("a").request("b", byte(2), { timeoutMs: 100 });
  await w.sim.runUntil(20);
  for (const [i, reply] of late.entries()) reply(byte(i));
  assert.equal(await w.sim.drive(again), byte(1));
});

test("a reply that is cut off leaves the asker with its time-out", async () => {
  const w = world();
  w.network.cut("b", "a");
  const { a } = w.places;
  const reply = a?.request("b", byte(1), { timeoutMs: 100 }) ?? Promise.resolve(byte(0));
  const error = await w.sim.drive(reply.catch((thrown: unknown) => thrown));
  assert.match(String(error), /did not answer in time/);
  assert.is(w.sim.nowMs, 100);
});

test("a crashed name's own requests never settle, and leave no timer", async () => {
  const w = world();
  let isSettled = false;
  const done = (): void => {
    isSettled = true;
  };
  w.places["a"]?.request("c", byte(1), { timeoutMs: 100 }).then(done, done);
  w.network.crash("a");
  await w.sim.runUntil(1_000);
  assert.not.ok(isSettled);
  assert.not.ok(w.sim.step(), "nothing is left to happen");
});

test("conditions that need chance are refused without it", () => {
  const { timers } = new Simulator({ seed: 1 });
  assert.throws(() => createMemoryNetwork({ timers, conditions: { loss: 0.1 } }), /need `random`/);
});

test.run();
