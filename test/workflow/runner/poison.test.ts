import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import type { RunnerLimits } from "../../../src/workflow/runner/port.ts";
import { Cluster, call, codec, type Host } from "./host.ts";

const test = suite("runner: poison");

/** What its owner does between two inputs is what may end it. */
const deadly = workflow({
  name: "deadly",
  run: function* () {
    yield* call("pay");
    yield* sleep(1_000);
    yield* call("ship");
  },
});

/** A run whose owner was lost after `pay`'s result was accepted and before it rested on it. */
async function suspected(): Promise<{ cluster: Cluster; hosts: readonly Host[]; run: Run }> {
  const cluster = new Cluster();
  const hosts = [1, 2, 3].map((node) => cluster.join(node, [deadly]));
  const id = cluster.start("order", deadly);
  await cluster.sweep();
  await cluster.deliver();
  const [first] = hosts;
  if (first === undefined) throw new Error("no host");
  await first.give("pay", 1);
  // It never says how far it came.
  first.isHeld = true;
  await cluster.deliver();
  first.runner.stop();
  cluster.lose(first);
  return { cluster, hosts, run: cluster.run(id) };
}

const owner = (hosts: readonly Host[], run: Run): Host => {
  const found = hosts.find(({ node }) => node === run.owner?.node);
  if (found === undefined) throw new Error("nobody owns it");
  return found;
};

test("rule 21: the next owner of a suspect says which input it feeds, before it does", async () => {
  const { cluster, hosts, run } = await suspected();
  await cluster.turn();
  const next = owner(hosts, run);
  assert.equal(next.says, ["enter"]);
  assert.is(next.driver(run.id).body?.cursor, 0);
  await cluster.deliver();
  assert.is(next.driver(run.id).body?.cursor, 1);
  assert.equal([run.suspectUpTo, run.through], [undefined, 1], "its rest is told at once");
});

test("rule 21: all that a suspect is one for is entered at once, and left at once", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [deadly]), cluster.join(2, [deadly])];
  const id = cluster.start("order", deadly);
  first.isHeld = true;
  for (const n of [1, 2, 3]) {
    const value = codec.encode(n);
    cluster.commit({ kind: "signal", workflowId: "order", id: `s${n}`, name: "s", value });
  }
  cluster.lose(first);
  await cluster.turn();
  const entries = cluster.entries.length;
  await cluster.deliver();
  assert.is(cluster.entries.length, entries + 2, "an Enter and a rest, not one for each input");
  assert.equal([cluster.run(id).through, cluster.run(id).suspectUpTo], [3, undefined]);
  assert.equal(second.running, ["pay"]);
});

test("rule 21: a second loss inside the input parks the run, no third follows", async () => {
  const { cluster, hosts, run } = await suspected();
  await cluster.turn();
  const next = owner(hosts, run);
  next.isHeld = true;
  cluster.commit(...cluster.take());
  next.runner.stop();
  cluster.lose(next);
  const { status } = cluster.run(run.id);
  assert.is(status.kind === "parked" ? status.reason : status.kind, "poisoned");
  await cluster.deliver();
  assert.is(
    status.kind === "parked" ? status.divergence.recorded : "",
    "2 owners lost after input 0, up to input 1",
  );
});

test("rule 21: a loss after the input was rested on does not count", async () => {
  const { cluster, hosts, run } = await suspected();
  await cluster.deliver();
  cluster.lose(owner(hosts, run));
  assert.is(cluster.run(run.id).status.kind, "running");
});

test("rule 21: a sleeping run is no suspect: it said that it rests", async () => {
  const cluster = new Cluster();
  const sleeper = workflow({
    name: "sleeper",
    run: function* () {
      yield* sleep(1e9);
    },
  });
  const hosts = [1, 2].map((node) => cluster.join(node, [sleeper]));
  const id = cluster.start("order", sleeper);
  await cluster.sweep();
  await cluster.deliver();
  for (let i = 0; i < 5; i++) {
    cluster.lose(owner(hosts, cluster.run(id)));
    assert.is(cluster.run(id).suspectUpTo, undefined);
    for (const host of hosts) cluster.commit(host.presence.announcement);
    await cluster.deliver();
  }
  assert.is(cluster.run(id).status.kind, "running");
});

test("a process that hands its runs over makes none of them a suspect", async () => {
  const cluster = new Cluster();
  const [first] = [cluster.join(1, [deadly]), cluster.join(2, [deadly])];
  const id = cluster.start("order", deadly);
  cluster.suspect(first);
  assert.equal([cluster.run(id).suspectUpTo, cluster.run(id).lossMarks], [undefined, []]);
});

test("rule 21: suspects are entered one at a time on a process", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [deadly]), cluster.join(2, [deadly])];
  const ids = ["a", "b", "c"].map((id) => cluster.start(id, deadly));
  cluster.lose(first);
  await cluster.turn();
  assert.equal(second.says, ["enter"]);
  await cluster.deliver();
  for (const id of ids) assert.is(cluster.run(id).suspectUpTo, undefined);
  assert.equal(second.running, ["pay", "pay", "pay"]);
});

test("rule 21: a suspect costs one round: its rest goes with the next Enter", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [deadly]), cluster.join(2, [deadly])];
  const ids = ["a", "b", "c", "d"].map((id) => cluster.start(id, deadly));
  cluster.lose(first);
  await cluster.turn();
  const isSuspect = (): boolean => ids.some((id) => cluster.run(id).suspectUpTo !== undefined);
  const rounds: (readonly string[])[] = [];
  while (isSuspect() && rounds.length < 20) {
    rounds.push(second.says);
    cluster.commit(...cluster.take());
    await cluster.turn();
  }
  const between = ["#1 rest", "enter"];
  assert.equal(rounds, [["enter"], between, between, between, ["#1 rest"]]);
});

test("rule 21: a run that rests for a while tells so, and is no suspect", async () => {
  const cluster = new Cluster();
  const [first] = [1, 2].map((node) => cluster.join(node, [deadly], { restMs: 50 }));
  if (first === undefined) throw new Error("no host");
  const id = cluster.start("order", deadly);
  await cluster.pass(50);
  assert.equal(first.says, [], "one that goes on at once would not need it");
  await cluster.pass(50);
  await cluster.deliver();
  cluster.lose(first);
  assert.is(cluster.run(id).suspectUpTo, undefined);
});

test("no more than so many rests are told at a time, and then no timer is set", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [deadly], { restMs: 50, restRuns: 2 });
  const ids = ["a", "b", "c"].map((id) => cluster.start(id, deadly));
  const told = (): number => ids.filter((id) => cluster.run(id).rest !== undefined).length;
  const seen: number[] = [];
  for (let look = 0; look < 3; look++) {
    await cluster.pass(50);
    await cluster.deliver();
    seen.push(told());
  }
  assert.equal(seen, [0, 2, 3]);
  await cluster.pass(50);
  assert.equal(host.timers, []);
});

test("rule 21: a body that was pending at three losses is not started a fourth time", async () => {
  const cluster = new Cluster();
  const hosts = [1, 2].map((node) => cluster.join(node, [deadly]));
  const id = cluster.start("order", deadly);
  let started = 0;
  for (let losses = 0; losses < 3; losses++) {
    await cluster.sweep();
    await cluster.deliver();
    const present = owner(hosts, cluster.run(id));
    assert.equal(present.running, ["pay"], `after ${losses} losses`);
    present.executions.length = 0;
    started++;
    cluster.lose(present);
    cluster.commit(present.presence.announcement);
  }
  await cluster.deliver();
  const { status } = cluster.run(id);
  assert.is(status.kind === "parked" ? status.reason : status.kind, "poisoned");
  assert.is(status.kind === "parked" ? status.divergence.path : "", "0");
  assert.is(started, 3);
  // Somebody mended it.
  cluster.commit({ kind: "resume", runId: id });
  await cluster.deliver();
  assert.is(cluster.run(id).status.kind, "running");
  assert.is(hosts.flatMap(({ running }) => running).length, 1);
});

/** Runs whose `pay` was pending when two owners were lost. */
async function twiceLost(
  ids: readonly string[],
  limits: Partial<RunnerLimits> = {},
): Promise<{ cluster: Cluster; hosts: readonly Host[]; runs: readonly Run[] }> {
  const cluster = new Cluster();
  const hosts = [1, 2].map((node) => cluster.join(node, [deadly], limits));
  const runs = ids.map((id) => cluster.run(cluster.start(id, deadly)));
  for (let losses = 0; losses < 2; losses++) {
    await cluster.sweep();
    await cluster.deliver();
    const [present] = hosts.filter(({ node }) => node === runs[0]?.owner?.node);
    assert.is(present?.running.length, ids.length, "one loss is nobody's: all run at once");
    if (present !== undefined) lost(cluster, present);
  }
  await cluster.deliver();
  return { cluster, hosts, runs };
}

/** Its bodies end with it; another process of it comes up at once, and owns nothing. */
function lost(cluster: Cluster, host: Host): void {
  host.executions.length = 0;
  cluster.lose(host);
  cluster.commit(host.presence.announcement);
}

const statuses = (runs: readonly Run[]): readonly string[] => runs.map(({ status }) => status.kind);

test("rule 21: what may be blamed for the next loss runs alone, one after the other", async () => {
  const { cluster, hosts, runs } = await twiceLost(["a", "b", "c"]);
  const present = owner(hosts, runs[0] as Run);
  assert.equal(present.running, ["pay"]);
  await present.give("pay", 1);
  await cluster.deliver();
  assert.equal(present.running, ["pay"], "the next one, once the group has its neighbour's result");
  assert.equal(
    runs.map(({ settled }) => settled.size),
    [1, 0, 0],
  );
});

test("rule 21: a loss is blamed on who was there alone, its neighbours go on", async () => {
  const { cluster, hosts, runs } = await twiceLost(["a", "b", "c"]);
  await owner(hosts, runs[0] as Run).give("pay", 1);
  await cluster.deliver();
  lost(cluster, owner(hosts, runs[1] as Run));
  await cluster.deliver();
  assert.equal(statuses(runs), ["running", "parked", "running"]);
  const { status } = runs[1] as Run;
  assert.match(
    status.kind === "parked" ? status.divergence.recorded : "",
    /while compute pay was pending: 3/,
  );
  const third = owner(hosts, runs[2] as Run);
  assert.equal(third.running, ["pay"], "it has its turn");
  await third.give("pay", 1);
  await cluster.deliver();
  assert.equal(runs[2]?.lossMarks.length, 3, "it was there at all three");
});

test("rule 21: suspect inputs wait for a body that is there alone", async () => {
  const { cluster, hosts, runs } = await twiceLost(["a"]);
  const present = owner(hosts, runs[0] as Run);
  const other = hosts.find((host) => host !== present) as Host;
  other.isHeld = true;
  const id = cluster.start("inputs", deadly, other.node);
  cluster.lose(other);
  await cluster.deliver();
  assert.ok(cluster.run(id).suspectUpTo !== undefined, "held off");
  await present.give("pay", 1);
  await cluster.deliver();
  assert.is(cluster.run(id).suspectUpTo, undefined);
});

test("rule 21: none waits longer than a suspect's time; then the last is blamed", async () => {
  const { cluster, hosts, runs } = await twiceLost(["a", "b"], { suspectAloneMs: 5_000 });
  const present = owner(hosts, runs[0] as Run);
  await cluster.pass(5_000);
  await cluster.sweep();
  await cluster.deliver();
  assert.equal(present.running, ["pay", "pay"]);
  lost(cluster, present);
  assert.equal(statuses(runs), ["running", "parked"]);
});

test("rule 21: an attempt that failed in peace forgets the losses before it", async () => {
  const retried = workflow({
    name: "retried",
    run: function* () {
      yield* call("pay", { retry: { attempts: 5, backoff: 0, jitter: 0 } });
    },
  });
  const cluster = new Cluster();
  const hosts = [1, 2].map((node) => cluster.join(node, [retried]));
  const run = cluster.run(cluster.start("order", retried));
  for (let losses = 0; losses < 6; losses++) {
    await cluster.sweep();
    await cluster.deliver();
    const present = owner(hosts, run);
    if (losses % 2 === 1) await present.fail("pay", new Error("no"));
    await cluster.deliver();
    lost(cluster, present);
  }
  assert.is(run.status.kind, "running");
});

test("an Enter that comes late, or again, takes nothing back", async () => {
  const { cluster, hosts, run } = await suspected();
  await cluster.turn();
  const next = owner(hosts, run);
  const [entered] = cluster.take();
  if (entered === undefined) throw new Error("nothing was said");
  cluster.commit(entered);
  await cluster.deliver();
  const before = cluster.run(run.id).entered;
  cluster.commit(entered);
  assert.equal(cluster.run(run.id).entered, before);
  assert.ok(next.driver(run.id).isOwner);
});

test.run();
