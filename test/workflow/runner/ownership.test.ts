import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { Cluster, call, type Host, resultOf, told } from "./host.ts";

const test = suite("runner: ownership");

const flowOf = (run: () => Gen<unknown>) => workflow({ name: "flow", run });

const pays = flowOf(function* () {
  return yield* call("pay");
});

const sleeps = workflow({
  name: "sleeps",
  run: function* () {
    yield* sleep(5_000);
  },
});

/** Each body that is built would write another value. */
function counted(): { readonly flow: typeof pays; built(): number } {
  let built = 0;
  const flow = flowOf(function* () {
    const mark = yield* checkpoint("mark", ++built);
    yield* call("pay");
    return mark;
  });
  return { flow, built: () => built };
}

const attempts = (host: Host): readonly (number | boolean)[][] =>
  host.executions.map(({ fx }) => [fx.attempt, fx.isRecovery]);

const isQuiet = (host: Host): boolean =>
  host.says.length === 0 && host.timers.length === 0 && host.running.length === 0;

test("rule 15: a process that is not announced does nothing, whoever has its id", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [pays, sleeps]);
  const twin = cluster.boot(1, [pays, sleeps]);
  const id = cluster.start("order", pays);
  cluster.start("sleeper", sleeps);
  twin.runner.wakeAll();
  await cluster.sweep();
  assert.equal([first.running, first.timers.length], [["pay"], 1]);
  assert.ok(isQuiet(twin));
  assert.is(twin.runner.driver(id)?.body, undefined);
});

test("rule 15: a newer process of the same id ends the older one's work", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [pays]);
  const id = cluster.start("order", pays);
  const twin = cluster.join(1, [pays]);
  await cluster.deliver();
  assert.ok(first.body("pay").fx.signal.aborted);
  assert.equal([attempts(first), attempts(twin)], [[[1, false]], [[2, true]]]);
  await first.give("pay", "the older one's");
  first.runner.wakeAll();
  await cluster.sweep();
  assert.ok(isQuiet(first), "it has nothing to say any more");
  await twin.give("pay", "the newer one's");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "the newer one's");
});

test("rule 15: who has not seen its successor yet is not heard", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [pays]);
  const id = cluster.start("order", pays);
  first.isHeld = true;
  const twin = cluster.join(1, [pays]);
  await first.give("pay", "the older one's");
  assert.equal(first.says, ["#1 outcome 0 ok"]);
  cluster.commit(...cluster.take());
  assert.is(cluster.run(id).inputs.length, 1);
  first.catchUp();
  await cluster.deliver();
  await twin.give("pay", "the newer one's");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "the newer one's");
});

test("rules 15 and 18: who is set down does nothing until it announced itself again", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays, sleeps]);
  const id = cluster.start("order", pays);
  cluster.suspect(host);
  assert.is(cluster.run(id).status.kind, "unassigned");
  assert.ok(host.body("pay").fx.signal.aborted);
  host.runner.wakeAll();
  await cluster.sweep();
  assert.equal([host.executions.length, host.says], [1, []]);
  cluster.commit(host.presence.announcement);
  assert.equal(attempts(host), [
    [1, false],
    [3, true],
  ]);
});

test("rule 19: a standby follows, and does nothing outside", async () => {
  const { flow } = counted();
  const cluster = new Cluster();
  const [owner, standby] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  await cluster.deliver();
  await cluster.sweep();
  assert.equal([owner.running, isQuiet(standby)], [["pay"], true]);
  assert.equal([standby.driver(id).isOwner, standby.driver(id).body?.cursor], [false, 0]);
});

test("a run whose workflow or version a process does not have is passed by", async () => {
  const second = workflow({ name: "flow", version: 2, run: () => pays.run(undefined) });
  const cluster = new Cluster();
  const [old, both] = [cluster.join(1, [pays]), cluster.join(2, [pays, second])];
  const id = cluster.start("new", second);
  cluster.start("old", pays);
  await cluster.sweep();
  assert.equal([both.running, old.running], [["pay"], ["pay"]], "others go on");
  assert.is(old.driver(id).body, undefined);
  cluster.suspect(both);
  old.runner.wakeAll();
  await cluster.sweep();
  assert.equal([cluster.run(id).status.kind, old.executions.length], ["unassigned", 1]);
});

test("rule 16: given up with a body under way, it is rebuilt only in a new epoch", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays]);
  const id = cluster.start("order", pays);
  const { epoch } = cluster.run(id);
  host.driver(id).evict();
  assert.equal(host.says, [`claim ${epoch}`]);
  assert.ok(host.body("pay").fx.signal.aborted);
  host.runner.wakeAll();
  await cluster.sweep();
  assert.equal([host.says.length, host.executions.length], [1, 1], "it waits for its claim");
  assert.is(host.driver(id).body, undefined);
  await cluster.deliver();
  assert.ok(cluster.run(id).epoch > epoch);
  assert.equal(attempts(host), [
    [1, false],
    [2, true],
  ]);
  await host.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

for (const isWriteFirst of [true, false]) {
  const order = isWriteFirst ? "before" : "after";
  test(`rule 16: given up with a batch in flight, which lands ${order} the claim`, async () => {
    const { flow, built } = counted();
    const cluster = new Cluster();
    const host = cluster.join(1, [flow]);
    const id = cluster.start("order", flow);
    host.driver(id).evict();
    const [write, claim] = cluster.take();
    assert.ok(write && claim);
    assert.equal([write, claim].map(told), ["#1 write mark", `claim ${cluster.run(id).epoch}`]);
    for (const proposal of isWriteFirst ? [write, claim] : [claim, write]) {
      cluster.commit(proposal);
    }
    await cluster.deliver();
    await host.give("pay");
    await cluster.deliver();
    assert.equal([resultOf(cluster.run(id)), built()], [isWriteFirst ? 1 : 2, 2]);
  });
}

test("rule 16: given up with a batch that is not sent yet, it claims", async () => {
  const { flow } = counted();
  const cluster = new Cluster();
  const host = cluster.join(1, [flow], { batchItems: 1, inflightBatchesPerRun: 0 });
  const id = cluster.start("order", flow);
  assert.equal(host.offered, []);
  host.driver(id).evict();
  assert.equal(
    host.says.map((words) => words.split(" ")[0]),
    ["claim"],
  );
});

test("rule 16: given up with a timer whose end is under way, it claims", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [sleeps]);
  const id = cluster.start("order", sleeps);
  await cluster.pass(5_000);
  host.isHeld = true;
  cluster.commit(...cluster.take());
  host.driver(id).evict();
  assert.equal(host.says, [`claim ${cluster.run(id).epoch}`], "accepted, and not applied here");
  host.catchUp();
  host.isHeld = false;
  await cluster.deliver();
  assert.is(cluster.run(id).status.kind, "completed");
});

test("rule 16: with nothing in doubt it is rebuilt at once, in the epoch that it has", async () => {
  const flow = flowOf(function* () {
    const mark = yield* checkpoint("mark", 1);
    yield* sleep(5_000);
    return mark;
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await cluster.deliver();
  const { body } = host.driver(id);
  const { epoch } = cluster.run(id);
  host.driver(id).evict();
  assert.is(host.driver(id).body, undefined);
  host.runner.wakeAll();
  assert.not(host.driver(id).body === body);
  assert.equal([host.says, host.timers], [[], [5_000]], "its timer is set once");
  await cluster.pass(5_000);
  await cluster.deliver();
  assert.equal([resultOf(cluster.run(id)), cluster.run(id).epoch], [1, epoch]);
});

test("rule 16: nor is anything in doubt between two attempts", async () => {
  const flow = flowOf(function* () {
    yield* call("pay", { retry: { attempts: 2, backoff: 500, jitter: 0 } });
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  const id = cluster.start("order", flow);
  await host.fail("pay");
  await cluster.deliver();
  host.driver(id).evict();
  host.runner.wakeAll();
  assert.equal([host.says, host.timers], [[], [500]]);
  await cluster.pass(500);
  assert.equal(attempts(host), [
    [1, false],
    [2, false],
  ]);
});

test("rule 16: a standby gives up and rebuilds without a word", async () => {
  const { flow, built } = counted();
  const cluster = new Cluster();
  const [owner, standby] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  await cluster.deliver();
  standby.driver(id).evict();
  standby.runner.wakeAll();
  assert.equal([standby.says, standby.driver(id).body?.cursor, built()], [[], 0, 3]);
  assert.equal(owner.running, ["pay"]);
});

test("rule 16: where the claim is not taken, nothing is given up", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays]);
  const id = cluster.start("order", pays);
  host.room = 0;
  host.driver(id).evict();
  assert.not(host.body("pay").fx.signal.aborted);
  host.room = 10;
  await host.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

test("rule 16: a claim that another epoch overtook changes nothing", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [pays]), cluster.join(2, [pays])];
  const id = cluster.start("order", pays);
  first.driver(id).evict();
  cluster.suspect(first);
  const { epoch } = cluster.run(id);
  await cluster.deliver();
  assert.equal([cluster.run(id).epoch, attempts(second)], [epoch, [[2, true]]]);
  cluster.commit(first.presence.announcement);
  cluster.suspect(second);
  assert.equal(attempts(first), [
    [1, false],
    [3, true],
  ]);
});

test("rule 17: who loses its epoch with a batch in flight throws its generator away", async () => {
  const { flow, built } = counted();
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  const { body } = first.driver(id);
  cluster.take();
  cluster.suspect(first);
  await cluster.deliver();
  assert.not(first.driver(id).body === body);
  assert.equal(second.running, ["pay"]);
  cluster.commit(first.presence.announcement);
  cluster.suspect(second);
  await first.give("pay");
  await cluster.deliver();
  assert.equal([resultOf(cluster.run(id)), built()], [2, 3], "what the second one wrote holds");
});

test("rule 17: so does who loses it with anything unsent", async () => {
  const { flow } = counted();
  const cluster = new Cluster();
  const first = cluster.join(1, [flow], { inflightBatchesPerRun: 0 });
  const second = cluster.join(2, [flow]);
  const id = cluster.start("order", flow);
  const { body } = first.driver(id);
  assert.equal([body?.cursor, first.offered], [0, []]);
  cluster.suspect(first);
  await cluster.deliver();
  assert.not(first.driver(id).body === body);
  assert.equal(second.running, ["pay"]);
});

test("rule 17: with all accepted its generator stays, and its bodies are told", async () => {
  const { flow, built } = counted();
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  const id = cluster.start("order", flow);
  await cluster.deliver();
  const { body } = first.driver(id);
  cluster.suspect(first);
  cluster.commit(first.presence.announcement);
  assert.ok(first.driver(id).body === body);
  const { signal } = first.body("pay").fx;
  assert.ok(signal.aborted);
  assert.match(String(signal.reason), new RegExp(`new owner, epoch ${cluster.run(id).epoch}`));
  await first.give("pay", "too late");
  assert.equal([first.says, built()], [[], 2]);
  cluster.suspect(second);
  assert.equal([attempts(first).at(-1), built()], [[3, true], 2]);
});

test("rule 17: an end from before the loss was seen is not told in the next epoch", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [pays]), cluster.join(2, [pays])];
  const id = cluster.start("order", pays);
  first.hears = () => false;
  cluster.suspect(first);
  await first.give("pay", "too late");
  assert.equal(first.says, []);
  cluster.commit(first.presence.announcement);
  cluster.suspect(second);
  first.hears = () => true;
  await cluster.sweep();
  // It says that it rests, and no end.
  assert.equal([first.says, attempts(first).at(-1)], [["#1 rest"], [3, true]]);
  await first.give("pay", "in time");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "in time");
});

test.run();
