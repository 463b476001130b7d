import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeId, type RunId } from "../../../src/std/ids.ts";
import { race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { readWaits } from "../../../src/workflow/machine/rest.ts";
import { NO_TERMS } from "../../../src/workflow/machine/terms.ts";
import { Cluster, call, codec, type Host, resultOf } from "./host.ts";

/** Rule 20. */
const test = suite("runner: cold runs");

const wake = signal<string>("wake");

/** How often a body was begun, by all tests. */
const begun = { count: 0 };

const sleeper = workflow({
  name: "sleeper",
  run: function* () {
    begun.count++;
    yield* checkpoint("begun", 1);
    const woken = yield* race([sleep(60_000), receive(wake)]);
    const paid = yield* call("pay");
    return [woken.tag, paid];
  },
});

const NONE_WARM = { warmRuns: 0 };

async function asleep(...hosts: readonly number[]) {
  const cluster = new Cluster();
  const joined = hosts.map((node) => cluster.join(node, [sleeper], NONE_WARM));
  const id = cluster.start("night", sleeper);
  await cluster.deliver();
  return { cluster, joined, id, owner: joined[0] as Host };
}

test("a run that rests costs no generator, on owner and standbys; one timer is left", async () => {
  const { joined, id, owner } = await asleep(1, 2);
  for (const host of joined) {
    assert.is(host.runner.driver(id), undefined);
    assert.is(host.runner.coldRuns, 1);
  }
  assert.equal(owner.timers, [60_000]);
  assert.equal(joined[1]?.timers, []);
});

test("its time wakes it, once; so does a signal, and its timer goes", async () => {
  for (const isSignalled of [false, true]) {
    const { cluster, id, owner } = await asleep(1, 2);
    if (isSignalled) {
      const value = codec.encode("now");
      cluster.commit({ kind: "signal", workflowId: "night", id: "s", name: "wake", value });
    } else {
      cluster.nowMs += 60_000;
      owner.fireTimers();
    }
    await cluster.deliver();
    assert.equal(owner.timers, []);
    assert.equal(owner.running, ["pay"]);
    assert.is(owner.runner.coldRuns, 0, "what has a body under way is warm");
    await owner.give("pay", 5);
    await cluster.deliver();
    assert.equal(resultOf(cluster.run(id)), [isSignalled ? 1 : 0, 5]);
    assert.is(owner.executions.length, 1);
  }
});

test("rule 20: after a takeover the next owner has its timer", async () => {
  const { cluster, joined, id, owner } = await asleep(1, 2);
  cluster.suspect(owner);
  await cluster.deliver();
  const next = joined[1];
  assert.equal(next?.timers, [60_000]);
  cluster.nowMs += 60_000;
  next?.fireTimers();
  await cluster.deliver();
  assert.equal(next?.running, ["pay"]);
  await next?.give("pay", 7);
  await cluster.deliver();
  assert.equal(resultOf(cluster.run(id)), [0, 7]);
});

test("rule 20: who takes a sleeping run over builds nothing, and has its timer", async () => {
  const { cluster, joined, id, owner } = await asleep(1, 2);
  const before = begun.count;
  cluster.lose(owner);
  await cluster.deliver();
  assert.is(cluster.run(id).suspectUpTo, undefined, "rule 21: a sleeping run never is one");
  assert.equal(joined[1]?.timers, [60_000]);
  assert.is(begun.count, before);
  // So too a process that begins anew, with all of the log.
  const again = cluster.join(3, [sleeper], NONE_WARM);
  await cluster.deliver();
  assert.equal([begun.count, again.runner.coldRuns, again.timers], [before, 1, []]);
});

test("rule 20: a run is given up only when the group knows that it rests", async () => {
  const cluster = new Cluster();
  const owner = cluster.join(1, [sleeper], NONE_WARM);
  const id = cluster.start("night", sleeper);
  await cluster.turn();
  cluster.commit(...cluster.take());
  await cluster.turn();
  assert.equal([owner.says, owner.runner.coldRuns], [["#2 rest"], 0]);
  assert.equal(cluster.run(id).rest, undefined);
  await cluster.deliver();
  assert.is(owner.runner.coldRuns, 1);
  const waits = readWaits(cluster.run(id).rest?.waits ?? "").map(({ path, kind, name }) => [
    path,
    kind,
    name,
  ]);
  assert.equal(waits, [
    ["1.0.0", "sleep", ""],
    ["1.1.0", "receive", "wake"],
  ]);
});

test("the sweep leaves a cold run alone, and finds one whose event was lost", async () => {
  const { cluster, id, owner } = await asleep(1);
  const before = begun.count;
  await cluster.sweep();
  assert.is(owner.runner.coldRuns, 1);
  assert.is(begun.count, before, "no generator was built");
  owner.hears = () => false;
  const value = codec.encode("now");
  cluster.commit({ kind: "signal", workflowId: "night", id: "s", name: "wake", value });
  await cluster.deliver();
  assert.equal(owner.running, []);
  await cluster.sweep();
  assert.equal(owner.running, ["pay"], "rule 14: nothing is owed only because an edge was seen");
  assert.ok(owner.driver(id).isOwner);
});

/** A start of `sleeper` that begins in so long, owned by the first. */
function startLater(cluster: Cluster, delayMs: number): void {
  const terms = { ...NO_TERMS, delayMs };
  const [input, inputHash] = [codec.encode(undefined), codec.hash(undefined)];
  const named = { workflowId: "night", name: "sleeper", version: 1, owner: nodeId(1) };
  cluster.commit({ kind: "start", ...named, input, inputHash, terms });
}

test("a start with a delay is one timer on its owner; its loss makes no suspect", async () => {
  const cluster = new Cluster();
  const [first, second] = [1, 2].map((node) => cluster.join(node, [sleeper])) as [Host, Host];
  const before = begun.count;
  startLater(cluster, 5_000);
  await cluster.deliver();
  assert.equal([first.timers, second.timers, first.runner.coldRuns], [[5_000], [], 1]);
  await cluster.sweep();
  cluster.lose(first);
  await cluster.deliver();
  const [run] = [...cluster.state.runs.values()];
  assert.is(run?.suspectUpTo, undefined);
  const leftMs = (run?.startedAtMs ?? 0) - cluster.nowMs;
  assert.equal(second.timers, [leftMs]);
  assert.is(begun.count, before);
  await cluster.pass(leftMs);
  await cluster.deliver();
  assert.is(begun.count, before + 1, "by its owner; the other one is down");
  assert.equal(run?.through, 0);
  const due = (run?.startedAtMs ?? 0) + 60_000;
  assert.equal(second.timers, [due - cluster.nowMs], "its sleep counts from its begin");
});

test("rule 9: a run that is cancelled before its delay is over feels it at once", async () => {
  const cluster = new Cluster();
  const owner = cluster.join(1, [sleeper]);
  startLater(cluster, 5_000);
  cluster.commit({ kind: "cancel", workflowId: "night", id: "c", reason: "no more" });
  await cluster.deliver();
  const [run] = [...cluster.state.runs.values()];
  assert.equal(run?.status, { kind: "cancelled", reason: "no more" });
  assert.equal([owner.timers, owner.executions.length], [[], 0]);
});

test("of many that are woken at once a turn takes a few, and later ones the rest", async () => {
  const cluster = new Cluster();
  const limits = { warmRuns: 1_000, turnRuns: 2 };
  const owner = cluster.join(1, [sleeper], limits);
  const ids = ["a", "b", "c", "d", "e"].map((name) => cluster.start(name, sleeper));
  await cluster.deliver();
  const next = cluster.join(2, [sleeper], limits);
  const warm = (): number => ids.filter((id) => next.runner.driver(id)?.body !== undefined).length;
  assert.ok(warm() < ids.length, `${warm()} in the turn that heard of all`);
  await cluster.deliver();
  assert.is(warm(), ids.length);
  cluster.suspect(owner);
  await cluster.deliver();
  assert.is(next.timers.length, ids.length, "each has its timer");
});

test("of many that start at once few are warm at any time: who is warm comes first", async () => {
  const cluster = new Cluster();
  let most = 0;
  let ids: readonly RunId[] = [];
  const counting = workflow({
    name: "counting",
    run: function* () {
      const warm = ids.filter((id) => cluster.hosts[0]?.runner.driver(id) !== undefined).length;
      most = Math.max(most, warm);
      yield* sleep(60_000);
    },
  });
  const owner = cluster.join(1, [counting], { warmRuns: 4, turnRuns: 4 });
  owner.isHeld = true;
  ids = Array.from({ length: 100 }, (_, i) => cluster.start(`counting-${i}`, counting));
  owner.isHeld = false;
  owner.catchUp();
  // What is said in a turn is in the log before the next one.
  while (owner.runDeferred() || cluster.proposals.length > 0)
    for (const proposal of cluster.take()) cluster.commit(proposal);
  assert.is(owner.timers.length, ids.length, "all came to rest");
  assert.ok(most > 0 && most < ids.length / 3, `${most} were warm`);
});

test("of those that cannot be given up a turn looks at a few, however many there are", async () => {
  const cluster = new Cluster();
  const limits = { warmRuns: 0, turnRuns: 3 };
  const owner = cluster.join(1, [paying], limits);
  const ids = Array.from({ length: 50 }, (_, i) => cluster.start(`paying-${i}`, paying));
  await cluster.deliver();
  let looks = 0;
  for (const id of ids) {
    const driver = owner.runner.driver(id);
    assert.ok(driver !== undefined, "its body is under way");
    const isResting = { get: () => ++looks < 0 };
    Object.defineProperty(driver, "isResting", isResting);
  }
  owner.runner.onApplied([]);
  assert.ok(looks > 0 && looks <= 2 * limits.turnRuns, `${looks} of ${ids.length}`);
});

const paying = workflow({
  name: "paying",
  run: function* () {
    return yield* call("pay");
  },
});

const retrying = workflow({
  name: "retrying",
  run: function* () {
    return yield* call("pay", { retry: { attempts: 2, backoff: 500, jitter: 0 } });
  },
});

test("a run that waits for a retry stays warm: the retry comes", async () => {
  const cluster = new Cluster();
  const owner = cluster.join(1, [retrying], NONE_WARM);
  const id = cluster.start("order", retrying);
  await owner.fail("pay");
  await cluster.deliver();
  assert.equal(owner.timers, [500]);
  cluster.nowMs += 500;
  owner.fireTimers();
  await cluster.deliver();
  await owner.give("pay", 3);
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), 3);
});

test.run();
