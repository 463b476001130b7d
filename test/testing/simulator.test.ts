import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deferred } from "../../src/std/deferred.ts";
import { prng } from "../../src/std/prng.ts";
import { Simulator } from "../../src/testing/sim/simulator.ts";
import { busyTrace } from "../fixtures/sim/busy-trace.ts";

const test = suite("testing: simulator");

test("events run by time, and at one time in the order in which they were set", async () => {
  const sim = new Simulator({ seed: 1 });
  const seen: string[] = [];
  sim.timers.set(5, () => seen.push("5a"));
  sim.timers.set(1, () => {
    seen.push("1");
    sim.timers.defer(() => seen.push("1 deferred"));
    sim.timers.set(4, () => seen.push("5c"));
  });
  sim.timers.set(5, () => seen.push("5b"));
  await sim.runUntil(5);
  assert.equal(seen, ["1", "1 deferred", "5a", "5b", "5c"]);
  assert.is(sim.nowMs, 5);
});

/** Method: compare with a sorted list, with cancellations, on random times. */
test("the order is that of a stable sort, whatever is cancelled", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = prng(seed);
    const sim = new Simulator({ seed });
    const expected: { at: number; n: number }[] = [];
    const seen: number[] = [];
    for (let n = 0; n < 2_000; n++) {
      const at = random.below(50);
      const timer = sim.timers.set(at, () => seen.push(n));
      if (random.chance(0.7)) timer.cancel();
      else expected.push({ at, n });
    }
    while (sim.step()) {}
    expected.sort((a, b) => a.at - b.at || a.n - b.n);
    assert.equal(
      seen,
      expected.map(({ n }) => n),
      `SEED=${seed}`,
    );
  }
});

test("a deferred call comes after what was due before it, and before later time", async () => {
  const sim = new Simulator({ seed: 1 });
  const seen: string[] = [];
  sim.timers.set(1, () => sim.timers.defer(() => seen.push("deferred")));
  sim.timers.set(1, () => seen.push("due"));
  sim.timers.set(1.001, () => seen.push("later"));
  await sim.runUntil(2);
  assert.equal(seen, ["due", "deferred", "later"]);
});

test("what an event settles runs to its end before the next, however long its chain", async () => {
  const sim = new Simulator({ seed: 1 });
  const seen: string[] = [];
  const first = deferred<void>();
  const chain = async (): Promise<string> => {
    await first.promise;
    for (let i = 0; i < 50; i++) await Promise.resolve();
    seen.push("chain");
    return "end";
  };
  sim.timers.set(1, () => first.resolve());
  sim.timers.set(1, () => seen.push("next event"));
  assert.is(await sim.drive(chain()), "end");
  await sim.runUntil(1);
  assert.equal(seen, ["chain", "next event"]);
});

// Were it real time, the limit of the suite would end it.
test("awaits that sleep for thirty virtual days end within the limit of a test", async () => {
  const sim = new Simulator({ seed: 1 });
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      sim.timers.set(ms, resolve);
    });
  const work = async (): Promise<number> => {
    for (let day = 0; day < 30; day++) await sleep(86_400_000);
    return sim.clock.monotonicMs();
  };
  const wall = sim.clock.wallMs();
  assert.is(await sim.drive(work(), { limitMs: 31 * 86_400_000 }), 30 * 86_400_000);
  assert.is(sim.clock.wallMs() - wall, 30 * 86_400_000);
});

test("a wait that nothing can end is an error that names the seed", async () => {
  const idle = new Simulator({ seed: 77 });
  await rejects(idle.drive(new Promise(() => {})), /nothing is left.*SEED=77/);
  const ticking = new Simulator({ seed: 78 });
  const tick = (): void => {
    ticking.timers.set(50, tick);
  };
  tick();
  await rejects(ticking.drive(new Promise(() => {}), { limitMs: 1_000 }), /too long.*SEED=78/);
});

test("what a driven promise rejects with comes out, and what an event throws too", async () => {
  const sim = new Simulator({ seed: 1 });
  const failing = deferred<void>();
  sim.timers.set(1, () => failing.reject(new Error("by promise")));
  await rejects(sim.drive(failing.promise), /by promise/);
  sim.timers.set(1, () => {
    throw new Error("by event");
  });
  await rejects(sim.drive(new Promise(() => {})), /by event/);
});

test("a paused process loses nothing: it runs on resume, in order; its clock goes on", async () => {
  const sim = new Simulator({ seed: 1 });
  const a = sim.process("a");
  const seen: string[] = [];
  a.timers.set(1, () => seen.push("1"));
  a.timers.set(2, () => seen.push("2"));
  const cancelled = a.timers.set(3, () => seen.push("cancelled while held"));
  a.timers.defer(() => seen.push("deferred"));
  a.timers.set(20, () => seen.push("20"));
  a.pause();
  await sim.runUntil(10);
  assert.equal(seen, []);
  assert.is(a.clock.monotonicMs(), 10);
  cancelled.cancel();
  a.resume();
  await sim.runUntil(10);
  assert.equal(seen, ["deferred", "1", "2"]);
  await sim.runUntil(20);
  assert.equal(seen, ["deferred", "1", "2", "20"]);
});

test("a dead process does nothing ever again; its next life is another one", async () => {
  const sim = new Simulator({ seed: 1 });
  const first = sim.process("a");
  const seen: string[] = [];
  first.timers.set(1, () => seen.push("first"));
  first.pause();
  await sim.runUntil(2);
  first.kill();
  first.resume();
  first.timers.set(1, () => seen.push("set after death"));
  first.timers.defer(() => seen.push("deferred after death"));
  sim.process("a").timers.set(1, () => seen.push("second"));
  await sim.runUntil(5);
  assert.equal(seen, ["second"]);
});

test("the same seed gives the same trace hash, twice in one process and in two", async () => {
  const hash = await busyTrace(42);
  assert.is(await busyTrace(42), hash);
  assert.is.not(await busyTrace(43), hash);
  const script = "test/fixtures/sim/busy-trace.ts";
  const other = execFileSync(process.execPath, ["--import", "tsx", script, "42"], {
    encoding: "utf8",
  });
  assert.is(other.trim(), hash);
});

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error, "it resolved");
  assert.match(error.message, message);
}

test.run();
