import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TimedOut } from "../../../src/errors.ts";
import { deferred } from "../../../src/std/deferred.ts";
import { race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { log } from "../../../src/workflow/dsl/derived.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute, step } from "../../../src/workflow/dsl/step.ts";
import { Cluster, call, resultOf } from "./host.ts";

const test = suite("runner: effect bodies");

const flowOf = (run: () => Gen<unknown>) => workflow({ name: "flow", run });

const pays = (timeout?: number, attempts = 1) =>
  flowOf(function* () {
    const retry = { attempts, backoff: 100, jitter: 0 };
    return yield* call("pay", timeout === undefined ? { retry } : { retry, timeout });
  });

test("a body is told whose it is, for which attempt, and gets the node's deps", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays()]);
  const id = cluster.start("order", pays());
  const { fx } = host.body("pay");
  assert.is(fx.deps, host);
  assert.equal([fx.workflowId, fx.runId, fx.attempt, fx.isRecovery], ["order", id, 1, false]);
  assert.is(fx.fencingToken, cluster.run(id).epoch);
  assert.is(fx.idempotencyKey, "order 0 pay");
  assert.not(fx.signal.aborted);
  assert.is(fx.signal, fx.signal);
});

test("what a body logs names run, effect and attempt, whatever fields it brings", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays(undefined, 2)]);
  const id = cluster.start("order", pays(undefined, 2));
  await host.fail("pay");
  await cluster.deliver();
  await cluster.pass(100);
  const { log } = host.body("pay").fx;
  const names = { workflowId: "order", runId: id, effect: "pay", path: "0", attempt: 2 };
  log.debug("a");
  log.info("b", { cents: 5 });
  log.warn("c", { attempt: "mine", runId: "mine" });
  log.error("d");
  assert.equal(host.logs, [
    { level: "debug", message: "a", fields: names },
    { level: "info", message: "b", fields: { cents: 5, ...names } },
    { level: "warn", message: "c", fields: names },
    { level: "error", message: "d", fields: names },
  ]);
});

test("what a workflow logs is told by its owner alone, once, with the run's names", async () => {
  const flow = flowOf(function* () {
    yield* log("hello", { cents: 5 });
    yield* call("pay");
    yield* log.warn("bye");
  });
  const cluster = new Cluster();
  const [owner, standby] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  await owner.give("pay");
  owner.driver(id).evict();
  await cluster.deliver();
  await owner.give("pay");
  await cluster.deliver();
  const { epoch } = cluster.run(id);
  assert.equal(
    owner.logs.map(({ level, message }) => [level, message]),
    [
      ["info", "hello"],
      ["warn", "bye"],
    ],
  );
  assert.equal(owner.logs[1]?.fields, { workflowId: "order", runId: id, epoch });
  assert.is(owner.logs[0]?.fields["cents"], 5);
  assert.equal(standby.logs, []);
});

test("a body may throw or give at once, without a promise", async () => {
  const flow = flowOf(function* () {
    const first = yield* compute("gives", () => 1);
    const second = yield* compute("throws", () => {
      throw new RangeError("at once");
    });
    return [first, second];
  });
  const cluster = new Cluster();
  cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  assert.equal(cluster.proposals, [], "its end comes later, never from within its start");
  await cluster.deliver();
  const { status } = cluster.run(id);
  assert.is(status.kind === "failed" && status.failure.name, "RangeError");
});

test("a result that cannot be recorded fails the effect, and no attempt is wasted", async () => {
  let calls = 0;
  const flow = flowOf(function* () {
    const retry = { attempts: 5, backoff: 0 };
    const give = () => {
      calls++;
      return () => "a function";
    };
    return yield* compute("gives", give, { retry });
  });
  const cluster = new Cluster();
  cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await cluster.deliver();
  const { status } = cluster.run(id);
  assert.is(status.kind === "failed" && status.failure.name, "Unserializable");
  assert.is(calls, 1);
});

test("a step's input is each attempt's own: none sees what another did to it", async () => {
  const seen: string[] = [];
  const spoil = step(
    "spoil",
    (order: { items: string[] }) => {
      seen.push(order.items.join());
      order.items.push("spoiled");
      if (seen.length < 3) throw new Error("no");
    },
    { retry: { attempts: 3, backoff: 0 } },
  );
  const flow = flowOf(function* () {
    const order = { items: ["a"] };
    yield* spoil(order);
    return order.items;
  });
  const cluster = new Cluster();
  cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await cluster.deliver();
  assert.equal(seen, ["a", "a", "a"]);
  assert.equal(resultOf(cluster.run(id)), ["a"]);
});

test("an attempt past its time-out fails with TimedOut, and its signal fires", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays(50)]);
  const id = cluster.start("order", pays(50));
  assert.equal(host.timers, [50]);
  await cluster.pass(49);
  assert.not(host.body("pay").fx.signal.aborted);
  await cluster.pass(1);
  const { signal } = host.body("pay").fx;
  assert.equal([signal.aborted, signal.reason instanceof TimedOut], [true, true]);
  assert.equal(host.says, ["#1 outcome 0 failed"]);
  assert.is(host.runner.effectsRunning, 0, "what does not listen is left behind");
  await host.give("pay", "too late");
  assert.equal(host.says, ["#1 outcome 0 failed"]);
  await cluster.deliver();
  const { status } = cluster.run(id);
  assert.is(status.kind === "failed" && status.failure.name, "TimedOut");
});

test("a time-out is retried like any failure, and each attempt has the whole of it", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays(50, 2)]);
  const id = cluster.start("order", pays(50, 2));
  await cluster.pass(50);
  await cluster.deliver();
  assert.equal(host.timers, [100]);
  await cluster.pass(100);
  assert.equal([host.timers, host.body("pay").fx.attempt], [[50], 2]);
  await host.give("pay", "paid");
  assert.equal(host.timers, [], "an attempt that has ended has no time-out");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

test("the time-out of a body whose branch lost goes with it", async () => {
  const flow = flowOf(function* () {
    yield* race([call("pay", { timeout: 5_000 }), sleep(50)]);
    yield* call("ship");
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  await cluster.pass(50);
  await cluster.deliver();
  assert.equal([host.timers, host.body("pay").fx.signal.aborted], [[], true]);
  assert.match(String(host.body("pay").fx.signal.reason), /cancelled/);
});

test("a signal that a body looks at only after it fired has fired", async () => {
  const gate = deferred<void>();
  const seen: unknown[] = [];
  const flow = flowOf(function* () {
    const body = compute("late", async (fx) => {
      await gate.promise;
      seen.push(fx.signal.aborted, fx.signal.reason instanceof Error);
    });
    yield* race([body, sleep(50)]);
    yield* call("ship");
  });
  const cluster = new Cluster();
  cluster.join(1, [flow]);
  cluster.start("order", flow);
  await cluster.pass(50);
  await cluster.deliver();
  gate.resolve();
  await cluster.turn();
  assert.equal(seen, [true, true]);
});

test("stop ends everything at once: bodies, timers, the sweep, all speech", async () => {
  const flow = flowOf(function* () {
    const retry = { attempts: 2, backoff: 500 };
    const tried = call("try", { retry });
    yield* race([call("pay", { timeout: 1_000 }), sleep(5_000), tried]);
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow], { concurrentEffects: 3 });
  const id = cluster.start("order", flow);
  await host.fail("try");
  await cluster.deliver();
  cluster.start("another", flow);
  cluster.start("waits for a place", flow);
  assert.equal([host.timers.length, host.isSweeping, host.runner.effectsRunning], [6, true, 3]);
  host.runner.stop();
  assert.equal([host.timers, host.isSweeping, host.runner.effectsRunning], [[], false, 0]);
  const signals = host.executions.filter(({ hasEnded }) => !hasEnded).map(({ fx }) => fx.signal);
  assert.equal(
    signals.map(({ aborted }) => aborted),
    [true, true, true],
  );
  assert.match(String(signals[0]?.reason), /the node stops/);
  assert.is(host.runner.driver(id), undefined);
  const started = host.executions.length;
  await host.give("pay");
  host.runner.wakeAll();
  host.runner.stop();
  cluster.start("afterwards", flow);
  await cluster.sweep();
  assert.equal([host.says, host.executions.length, host.timers], [[], started, []]);
});

test.run();
