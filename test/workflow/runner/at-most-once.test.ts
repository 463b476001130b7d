import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CallOptions } from "../../../src/workflow/dsl/call.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import type { RunnerLimits } from "../../../src/workflow/runner/port.ts";
import { Cluster, call, resultOf } from "./host.ts";

const test = suite("runner: limits of a call");

const calling = (options: CallOptions) =>
  workflow({
    name: "calling",
    run: function* () {
      try {
        return yield* call("pay", options);
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : "?";
      }
    },
  });

async function begin(options: CallOptions, limits: Partial<RunnerLimits> = {}) {
  const cluster = new Cluster();
  const definition = calling(options);
  const [a, b] = [cluster.join(1, [definition], limits), cluster.join(2, [definition], limits)];
  const id = cluster.start("order-1", definition);
  await cluster.turn();
  return { cluster, a, b, id };
}

test("rule 12: the body starts only when its marker was accepted, and once", async () => {
  const { cluster, a, id } = await begin({ atMostOnce: true });
  assert.equal(a.says, ["#1 marker 0"]);
  assert.equal(a.running, []);
  assert.ok(a.driver(id).isOwner);
  await cluster.deliver();
  assert.equal(a.running, ["pay"]);
  await a.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
  assert.is(a.executions.length, 1);
});

test("rule 12: who finds the marker of another process does not run it", async () => {
  const { cluster, a, b, id } = await begin({ atMostOnce: true });
  await cluster.deliver();
  assert.equal(a.running, ["pay"]);
  cluster.suspect(a);
  await cluster.deliver();
  assert.equal(b.executions, []);
  assert.match(
    String(resultOf(cluster.run(id))),
    /^EffectOutcomeUnknown: the owner of "pay" was lost/,
  );
});

test("rule 12: a marker that was not accepted is none: the next owner makes its own", async () => {
  const { cluster, a, b, id } = await begin({ atMostOnce: true });
  const lost = cluster.take();
  assert.is(lost.length, 1);
  cluster.suspect(a);
  await cluster.turn();
  assert.equal(b.says, ["#1 marker 0"]);
  await cluster.deliver();
  assert.equal([a.running, b.running], [[], ["pay"]]);
  cluster.commit(...lost);
  await b.give("pay", 1);
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), 1);
});

test("rule 12: the nonce is forgotten with the epoch, by the same process too", async () => {
  const { cluster, a, b, id } = await begin({ atMostOnce: true });
  // Accepted, and before this process sees it, it has lost the run; then it gets it back.
  a.isHeld = true;
  cluster.commit(...cluster.take());
  cluster.suspect(a);
  cluster.suspect(b);
  a.isHeld = false;
  a.catchUp();
  for (const host of [a, b]) cluster.commit(host.presence.announcement);
  await cluster.deliver();
  assert.equal([...a.executions, ...b.executions], []);
  assert.match(String(resultOf(cluster.run(id))), /^EffectOutcomeUnknown/);
});

test("rule 12: a body that is given up with a marker outstanding claims a new epoch", async () => {
  const { cluster, a, id } = await begin({ atMostOnce: true });
  a.driver(id).evict();
  assert.ok(a.says.some((words) => words.startsWith("claim")));
  await cluster.deliver();
  assert.ok(a.executions.length <= 1);
});

test("rule 12: each retry of a failure that is known has a marker of its own", async () => {
  const options = { atMostOnce: true, retry: { attempts: 2, backoff: 100 } };
  const { cluster, a, id } = await begin(options);
  await cluster.deliver();
  await a.fail("pay");
  await cluster.deliver();
  await cluster.pass(100);
  assert.equal(a.says, ["#3 marker 0"]);
  await cluster.deliver();
  await a.give("pay", "second");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "second");
  assert.is(a.executions.length, 2);
});

test("an atMostOnce attempt whose time passed is unknown, and is not retried", async () => {
  const options = { atMostOnce: true, timeout: 50, retry: { attempts: 5 } };
  const { cluster, a, id } = await begin(options);
  await cluster.deliver();
  await cluster.pass(50);
  await cluster.deliver();
  assert.ok(a.body("pay").fx.signal.aborted);
  assert.match(String(resultOf(cluster.run(id))), /^EffectOutcomeUnknown: the attempt took longer/);
});

test("a branch that lost while its marker was on its way gives its slot back", async () => {
  const { cluster, a } = await begin({ atMostOnce: true }, { concurrentEffects: 1 });
  assert.is(a.runner.effectsRunning, 1);
  cluster.suspect(a);
  await cluster.turn();
  assert.is(a.runner.effectsRunning, 0);
});

test("totalTimeout ends all attempts together, whatever they are at", async () => {
  const options = {
    totalTimeout: 1_000,
    retry: { attempts: 9, backoff: 300, factor: 1, jitter: 0 },
  };
  const { cluster, a, id } = await begin(options);
  for (let i = 0; i < 2; i++) {
    await a.fail("pay");
    await cluster.deliver();
    await cluster.pass(300);
    await cluster.deliver();
  }
  assert.equal(a.running, ["pay"]);
  await cluster.pass(400);
  await cluster.deliver();
  assert.ok(a.body("pay").fx.signal.aborted);
  assert.match(String(resultOf(cluster.run(id))), /^TimedOut: "pay" was not done within 1000 ms/);
});

test("no attempt begins that totalTimeout would cut at once: the last error stands", async () => {
  const options = { totalTimeout: 1_000, retry: { attempts: 9, backoff: 2_000, jitter: 0 } };
  const { cluster, a, id } = await begin(options);
  await a.fail("pay", new Error("the bank is closed"));
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "Error: the bank is closed");
  assert.equal(a.timers, []);
});

test("totalTimeout counts from when it was asked for, on the next owner too", async () => {
  const { cluster, a, b, id } = await begin({ totalTimeout: 1_000 });
  await cluster.pass(1_500 - 1_000);
  a.isHeld = true;
  cluster.suspect(a);
  await cluster.turn();
  assert.equal(b.running, ["pay"]);
  await cluster.pass(500);
  await cluster.deliver();
  assert.match(String(resultOf(cluster.run(id))), /^TimedOut/);
});

test("an attempt that gives no heartbeat in time is cut; one that does is not", async () => {
  const options = { heartbeatTimeout: 100, retry: { attempts: 2, backoff: 0, jitter: 0 } };
  const { cluster, a, id } = await begin(options);
  for (let i = 0; i < 5; i++) {
    await cluster.pass(80);
    a.body("pay").fx.heartbeat();
  }
  assert.not(a.body("pay").fx.signal.aborted);
  await cluster.pass(100);
  assert.ok(a.body("pay").fx.signal.aborted);
  await cluster.deliver();
  await a.give("pay", "second");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "second");
});

test("the next attempt is given the details of the last heartbeat, falsy ones too", async () => {
  const { cluster, a } = await begin({ retry: { attempts: 9, backoff: 0, jitter: 0 } });
  assert.is(a.body("pay").fx.lastHeartbeat, undefined);
  for (const details of [{ page: 3 }, 0, "", false, null]) {
    a.body("pay").fx.heartbeat("earlier");
    a.body("pay").fx.heartbeat(details);
    await a.fail("pay");
    await cluster.deliver();
    assert.equal(a.body("pay").fx.lastHeartbeat, details);
  }
});

test("the next owner is given the last details that were recorded", async () => {
  const { cluster, a, b } = await begin({});
  a.body("pay").fx.heartbeat({ page: 1 });
  await cluster.deliver();
  a.body("pay").fx.heartbeat({ page: 2 });
  cluster.suspect(a);
  await cluster.deliver();
  assert.equal(b.body("pay").fx.lastHeartbeat, { page: 1 });
});

test("heartbeats are recorded no more often than the limit; the latest wins", async () => {
  const { cluster, a } = await begin({}, { heartbeatEveryMs: 1_000 });
  for (let page = 0; page < 100; page++) a.body("pay").fx.heartbeat({ page });
  await cluster.turn();
  assert.equal(a.says, ["#1 heartbeat 0"]);
  await cluster.pass(1_000);
  assert.equal(a.says, ["#1 heartbeat 0", "#2 heartbeat 0"]);
  await cluster.pass(5_000);
  assert.is(a.says.length, 2, "nothing new, nothing said");
});

test("details that cannot be recorded are told to who gives them", async () => {
  const { a } = await begin({});
  assert.throws(() => a.body("pay").fx.heartbeat(() => 1), /function/);
});

test.run();
