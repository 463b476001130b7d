import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { Cluster, call, resultOf, SWEEP_MS } from "./host.ts";

const test = suite("runner: acting on the world");

const marked = workflow({
  name: "marked",
  run: function* () {
    yield* checkpoint("a", 1);
    yield* checkpoint("b", 2);
    return yield* all([call("pay"), sleep(5_000)]);
  },
});

const DAY_MS = 86_400_000;

test("rule 10: bodies and timers start once their stretch's writes were accepted", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked]);
  const id = cluster.start("order", marked);
  await cluster.turn();
  assert.equal(host.says, ["#1 write a, write b"]);
  assert.equal([host.running, host.timers], [[], []], "in flight");
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["pay"], [5_000]]);
  await host.give("pay", "paid");
  await cluster.pass(5_000);
  await cluster.deliver();
  assert.equal(resultOf(cluster.run(id)), ["paid", undefined]);
});

test("rule 10: accepted is what the owner itself has applied: a commit alone is not", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked]);
  cluster.start("order", marked);
  host.isHeld = true;
  const [reply] = cluster.commit(...cluster.take());
  assert.equal(reply, { kind: "batches", replies: [{ kind: "accepted" }] });
  await cluster.sweep();
  assert.equal([host.running, host.timers], [[], []]);
  host.catchUp();
  assert.equal([host.running, host.timers], [["pay"], [5_000 - SWEEP_MS]]);
});

test("rule 10: a write that is still unsent holds back what its stretch asked for", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked], { batchItems: 1, inflightBatchesPerRun: 1 });
  cluster.start("order", marked);
  assert.equal(host.says, ["#1 write a"]);
  cluster.commit(...cluster.take());
  assert.equal(host.says, ["#2 write b"]);
  assert.equal([host.running, host.timers], [[], []]);
  cluster.commit(...cluster.take());
  assert.equal([host.running, host.timers], [["pay"], [5_000]]);
});

test("rule 10: a write that the queue below did not take holds it back too", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked]);
  host.room = 0;
  cluster.start("order", marked);
  await cluster.sweep();
  await cluster.sweep();
  assert.equal([host.offered.length, host.running, host.timers], [3, [], []]);
  host.room = 10;
  await cluster.sweep();
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["pay"], [5_000 - 3 * SWEEP_MS]]);
});

test("rule 10: a batch that was refused as too early holds it back too", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked], { batchItems: 1, commandBytes: 1 });
  cluster.start("order", marked);
  const [first, second] = cluster.take();
  assert.ok(first && second);
  const gap = { kind: "batches", replies: [{ kind: "gap", expected: 1 }] };
  assert.equal(cluster.commit(second), [gap]);
  assert.equal([host.running, host.timers], [[], []]);
  cluster.take();
  cluster.commit(first);
  assert.equal([host.running, host.timers], [[], []], "the second is not there yet");
  cluster.commit(second);
  assert.equal([host.running, host.timers], [["pay"], [5_000]]);
});

const twoStretches = workflow({
  name: "two-stretches",
  run: function* () {
    const late = function* () {
      yield* sleep(10);
      yield* checkpoint("late", 1);
      yield* call("never");
    };
    const pays = function* () {
      yield* call("pay", { retry: { attempts: 2, backoff: 100, jitter: 0 } });
      yield* call("ship");
    };
    yield* all([late(), pays()]);
  },
});

test("rule 10: a write of an earlier stretch holds back what a later one asks for", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [twoStretches]);
  cluster.start("order", twoStretches);
  await host.give("pay");
  await cluster.pass(10);
  assert.equal(host.says, ["#1 outcome 0.1.0 ok", "#2 outcome 0.0.0 ok"]);
  const [paid, slept] = cluster.take();
  assert.ok(paid && slept);
  host.isHeld = true;
  cluster.commit(paid);
  cluster.commit(slept);
  host.catchUp();
  // Fed one after the other: the stretch that shipped rested before the one that wrote.
  assert.equal([host.says, host.running], [["#3 write late"], ["ship"]]);
});

test("rule 10: its own stretch's writes and earlier ones', and no later one's", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [twoStretches]);
  cluster.start("order", twoStretches);
  await cluster.pass(10);
  await host.fail("pay");
  const [slept, failed] = cluster.take();
  assert.ok(slept && failed);
  host.isHeld = true;
  cluster.commit(slept);
  cluster.commit(failed);
  host.catchUp();
  assert.equal([host.says, host.timers], [["#3 write late"], [100]]);
  await cluster.pass(100);
  assert.equal(host.says, ["#3 write late"], "still not accepted");
  assert.equal(host.running, ["pay"], "asked for before that write: may run");
  host.isHeld = false;
  await cluster.deliver();
  assert.equal(host.running, ["pay", "never"]);
});

const paused = workflow({
  name: "paused",
  run: function* () {
    const writes = function* () {
      for (let i = 0; i < 6; i++) yield* checkpoint(`mark-${i}`, i);
    };
    yield* all([call("pay"), sleep(50), writes()]);
  },
});

test("rule 10: nothing starts before the stretch rests, with all it wrote accepted", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [paused], { stretchFuel: 5 });
  const id = cluster.start("order", paused);
  cluster.commit(...cluster.take());
  assert.is(cluster.run(id).writes.size, 2);
  assert.equal([host.running, host.timers], [[], []], "the fuel is spent in its middle");
  await cluster.turn();
  assert.equal([host.running, host.timers], [[], []], "at rest, the last writes are in flight");
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["pay"], [50]]);
});

const raced = workflow({
  name: "raced",
  run: function* () {
    const winner = yield* race({ pay: call("pay"), limit: sleep(50) });
    yield* call("ship");
    return winner.tag;
  },
});

test("rule 7: a race whose loser is a sleep leaves no timer", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [raced]);
  const id = cluster.start("order", raced);
  assert.equal(host.timers, [50]);
  await host.give("pay");
  assert.equal(host.timers, [50], "the race is not won before the group accepted it");
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["ship"], []]);
  await host.give("ship");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "pay");
});

test("rule 7: a race whose loser is a body fires its signal, and hears it no more", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [raced]);
  cluster.start("order", raced);
  await cluster.pass(50);
  assert.not(host.body("pay").fx.signal.aborted);
  await cluster.deliver();
  const { signal } = host.body("pay").fx;
  assert.ok(signal.aborted);
  assert.match(String(signal.reason), /the branch of this effect was cancelled/);
  assert.is(host.runner.effectsRunning, 1, "its place is free again");
  await host.give("pay", "too late");
  assert.equal([host.says, host.runner.effectsRunning], [[], 1]);
});

test("rule 7: the root's end leaves no timer, and tells its bodies", async () => {
  const cleansUp = workflow({
    name: "cleans-up",
    run: function* () {
      const loser = function* () {
        try {
          yield* sleep(50);
        } finally {
          yield* all([call("undo"), sleep(70)]);
        }
      };
      yield* race([call("pay"), loser()]);
      yield* call("ship");
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [cleansUp]);
  const id = cluster.start("order", cleansUp);
  await host.give("pay");
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["ship", "undo"], [70]]);
  await host.give("ship");
  cluster.commit(...cluster.take());
  assert.equal(host.says, ["#3 finish ok"]);
  assert.equal([host.timers, host.body("undo").fx.signal.aborted], [[], true]);
  assert.is(host.runner.effectsRunning, 0);
  await cluster.deliver();
  assert.is(cluster.run(id).status.kind, "completed");
  assert.is(host.runner.driver(id), undefined, "nothing is kept of a run that has ended");
});

test("rule 22: a run that is ended from outside leaves no timer and no body", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [raced]);
  const runId = cluster.start("order", raced);
  cluster.commit({ kind: "terminate", runId, reason: "test" });
  assert.equal([host.timers, host.body("pay").fx.signal.aborted], [[], true]);
  assert.is(host.runner.driver(runId), undefined);
  await host.give("pay");
  assert.equal(host.says, []);
});

const sleeper = (ms: number) =>
  workflow({
    name: "sleeper",
    run: function* () {
      yield* sleep(ms);
    },
  });

test("rule 6: a timer is due at log time, and fires late rather than early", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [sleeper(50)]);
  host.skewMs = -20;
  cluster.start("order", sleeper(50));
  assert.equal(host.timers, [70]);
  host.skewMs = -30;
  await cluster.pass(70);
  assert.equal([host.says, host.timers], [[], [10]], "the clock was set back meanwhile");
  await cluster.pass(10);
  assert.equal([host.says, host.timers], [["#1 outcome 0 ok"], []]);
});

test("rule 14: a timer that fired says so once, however often the run is looked at", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [sleeper(50)]);
  cluster.start("order", sleeper(50));
  await cluster.pass(50);
  host.runner.wakeAll();
  await cluster.sweep();
  assert.equal([host.says, host.timers], [["#1 outcome 0 ok"], []]);
});

test("a sleep of days is no timer of days: none is longer than one", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [sleeper(2.5 * DAY_MS)]);
  const id = cluster.start("order", sleeper(2.5 * DAY_MS));
  assert.equal(host.timers, [DAY_MS]);
  await cluster.pass(DAY_MS);
  // It only says that it rests.
  assert.equal([host.says, host.timers], [["#1 rest"], [DAY_MS]]);
  await cluster.pass(DAY_MS);
  assert.equal([host.says, host.timers], [["#1 rest"], [DAY_MS / 2]]);
  await cluster.pass(DAY_MS / 2);
  await cluster.deliver();
  assert.is(cluster.run(id).status.kind, "completed");
});

test.run();
