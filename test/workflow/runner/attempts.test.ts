import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RetryOptions } from "../../../src/workflow/dsl/call.ts";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { Cluster, call, type Host, resultOf } from "./host.ts";

const test = suite("runner: attempts");

const paying = (retry: RetryOptions) =>
  workflow({
    name: "paying",
    run: function* () {
      return yield* call("pay", { retry: { jitter: 0, ...retry } });
    },
  });

const attempts = (host: Host): readonly (number | boolean)[][] =>
  host.executions.map(({ fx }) => [fx.attempt, fx.isRecovery]);

test("rule 13: the failure of an attempt is committed before the next one starts", async () => {
  const flow = paying({ attempts: 3, backoff: 0 });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await host.fail("pay");
  assert.equal(host.says, ["#1 attempt 1 of 0"]);
  await cluster.pass(10_000);
  await cluster.sweep();
  assert.is(host.executions.length, 1, "proposed is not committed");
  host.isHeld = true;
  cluster.commit(...cluster.take());
  await cluster.sweep();
  assert.is(host.executions.length, 1, "committed is not applied here");
  host.catchUp();
  assert.equal(attempts(host), [
    [1, false],
    [2, false],
  ]);
  host.isHeld = false;
  await host.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

test("rule 13: a retry waits for its backoff, counted from the record of the failure", async () => {
  const flow = paying({ attempts: 4, backoff: 100, factor: 3, maxBackoff: 250 });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  for (const [failures, wait] of [100, 250, 250].entries()) {
    await host.fail("pay");
    await cluster.pass(30);
    await cluster.deliver();
    assert.equal(host.timers, [wait], `after failure ${failures + 1}`);
    await cluster.pass(wait - 1);
    host.runner.wakeAll();
    assert.is(host.executions.length, failures + 1, "not a millisecond early");
    await cluster.pass(1);
    assert.equal([host.executions.length, host.timers], [failures + 2, []]);
  }
});

test("rule 13: jitter shortens the wait by chance, for all that look at the record", async () => {
  const flow = paying({ attempts: 2, backoff: 1_000, jitter: 0.5 });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  first.unit = 0.5;
  second.unit = 0.9;
  cluster.start("order", flow);
  await first.fail("pay");
  await cluster.deliver();
  assert.equal(first.timers, [750]);
  cluster.suspect(first);
  assert.equal([first.timers, second.timers], [[], [750]]);
});

test("rule 13: the limit of attempts ends the effect with the last failure", async () => {
  const flow = paying({ attempts: 2, backoff: 10 });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await host.fail("pay", new Error("first"));
  await cluster.deliver();
  await cluster.pass(10);
  await host.fail("pay", new TypeError("second"));
  assert.equal(host.says, ["#2 outcome 0 failed"]);
  await cluster.deliver();
  const { status } = cluster.run(id);
  assert.is(status.kind, "failed");
  if (status.kind !== "failed") return;
  assert.equal([status.failure.name, status.failure.message], ["TypeError", "second"]);
  assert.is(host.executions.length, 2);
});

test("rule 13: without a policy there is one attempt", async () => {
  const flow = workflow({
    name: "once",
    run: function* () {
      return yield* call("pay");
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  await host.fail("pay");
  assert.equal(host.says, ["#1 outcome 0 failed"]);
});

test("rule 13: what is not retryable ends the effect at once", async () => {
  const final = Object.assign(new Error("marked"), { nonRetryable: true });
  for (const error of [new RangeError("no"), final]) {
    const flow = paying({ attempts: 5, nonRetryable: [RangeError] });
    const cluster = new Cluster();
    const host = cluster.join(1, [flow]);
    cluster.start("order", flow);
    await host.fail("pay", error);
    assert.equal(host.says, ["#1 outcome 0 failed"]);
  }
});

test("rule 13: a change of epoch counts one attempt and is a recovery", async () => {
  const flow = paying({});
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  assert.equal(attempts(first), [[1, false]]);
  cluster.suspect(first);
  assert.equal(attempts(second), [[2, true]]);
  const tokens = [first, second].map((host) => host.body("pay").fx.fencingToken);
  assert.ok((tokens[0] ?? 0) < (tokens[1] ?? 0));
  assert.is(tokens[1], cluster.run(id).epoch);
  cluster.commit(first.presence.announcement);
  cluster.suspect(second);
  assert.equal(attempts(first), [
    [1, false],
    [3, true],
  ]);
});

test("rule 13: changes of epoch are outside the retry budget", async () => {
  const flow = paying({ attempts: 2, backoff: 0 });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  cluster.start("order", flow);
  cluster.suspect(first);
  await second.fail("pay");
  assert.equal(second.says, ["#1 attempt 1 of 0"]);
  await cluster.deliver();
  assert.equal(attempts(second), [
    [2, true],
    [3, true],
  ]);
  await second.fail("pay");
  assert.equal(second.says, ["#2 outcome 0 failed"]);
});

test("rule 13: only changes after the input that led to the effect count", async () => {
  const flow = workflow({
    name: "later",
    run: function* () {
      yield* sleep(10);
      yield* call("pay");
    },
  });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  cluster.start("order", flow);
  cluster.suspect(first);
  await cluster.pass(10);
  await cluster.deliver();
  assert.equal(attempts(second), [[1, false]], "nobody has tried it before");
});

test("rule 13: a change counts even where the lost owner may not have begun", async () => {
  const flow = paying({});
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  first.isHeld = true;
  cluster.start("order", flow);
  cluster.suspect(first);
  assert.equal([attempts(first), attempts(second)], [[], [[2, true]]]);
});

test("rule 13: after a takeover in mid-backoff what is left of it is waited for", async () => {
  const flow = paying({ attempts: 2, backoff: 5_000 });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  cluster.start("order", flow);
  await first.fail("pay");
  await cluster.deliver();
  await cluster.pass(2_000);
  cluster.suspect(first);
  assert.equal([first.timers, second.timers], [[], [3_000]]);
  await cluster.pass(3_000);
  assert.equal(attempts(second), [[3, true]]);
});

test("rule 13: the idempotency key is the same on every attempt and process", async () => {
  const flow = workflow({
    name: "two",
    run: function* () {
      const pay = call("pay", { retry: { attempts: 3, backoff: 0 } });
      return yield* all([pay, pay]);
    },
  });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  cluster.start("order", flow);
  await first.fail("pay");
  await cluster.deliver();
  cluster.suspect(first);
  const keys = (host: Host) => host.executions.map(({ fx }) => fx.idempotencyKey);
  const [a, b] = ["order 0.0.0 pay", "order 0.1.0 pay"];
  assert.equal(keys(first), [a, b, b]);
  assert.equal(keys(second), [a, b]);
});

test("rules 7 and 13: a retry whose branch lost the race is not waited for", async () => {
  const flow = workflow({
    name: "raced",
    run: function* () {
      yield* race([call("pay", { retry: { attempts: 2, backoff: 10_000 } }), sleep(50)]);
      yield* call("ship");
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  await host.fail("pay");
  await cluster.deliver();
  assert.equal(host.timers, [50, 10_000]);
  await cluster.pass(50);
  await cluster.deliver();
  assert.equal([host.timers, host.running], [[], ["ship"]]);
});

test("a backoff of days is no timer of days", async () => {
  const day = 86_400_000;
  const flow = paying({ attempts: 2, backoff: "2 days", maxBackoff: "2 days" });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  await host.fail("pay");
  await cluster.deliver();
  assert.equal(host.timers, [day]);
  await cluster.pass(day);
  assert.equal([host.timers, host.executions.length], [[day], 1]);
  await cluster.pass(day);
  assert.equal([host.timers, host.executions.length], [[], 2]);
});

test.run();
