import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint, variable } from "../../../src/workflow/dsl/write-behind.ts";
import { isTerminal } from "../../../src/workflow/machine/state.ts";
import type { RunnerLimits } from "../../../src/workflow/runner/port.ts";
import { Cluster, call, codec, type Host, resultOf } from "./host.ts";

const test = suite("runner: what is owed");

const ONE_BY_ONE: Partial<RunnerLimits> = { batchItems: 1, commandBytes: 1 };

const pays = workflow({
  name: "pays",
  run: function* () {
    const paid = yield* call("pay");
    yield* checkpoint("paid", paid);
    return paid;
  },
});

test("rule 14: a promoted standby that stands at its finish sends the Finish", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [pays], ONE_BY_ONE);
  const second = cluster.join(2, [pays], ONE_BY_ONE);
  const id = cluster.start("order", pays);
  await first.give("pay", 5);
  cluster.commit(...cluster.take());
  const [write, finish] = cluster.take();
  assert.ok(write && finish);
  if (write === undefined) return;
  cluster.commit(write);
  const { body } = second.driver(id);
  assert.equal(body?.finished, { ok: true, value: codec.encode(5) });
  assert.equal(second.says, [], "it is not its own to tell");
  cluster.suspect(first);
  assert.equal(second.says, ["#1 finish ok"]);
  assert.ok(second.driver(id).body === body, "without building anything anew");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), 5);
});

test("rule 14: a Finish that was lost with its epoch is told by the next owner", async () => {
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [pays]), cluster.join(2, [pays])];
  const id = cluster.start("order", pays);
  await first.give("pay", 5);
  cluster.commit(...cluster.take());
  assert.equal(first.says, ["#2 write paid, finish ok"]);
  cluster.take();
  cluster.suspect(first);
  assert.equal(second.says, ["#1 write paid, finish ok"]);
  cluster.take();
  cluster.commit(first.presence.announcement);
  cluster.suspect(second);
  assert.equal(first.says, ["#1 write paid, finish ok"]);
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), 5);
});

test("rule 14: the Finish is told once in an epoch, however often it is looked at", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays]);
  cluster.start("order", pays);
  await host.give("pay", 5);
  cluster.commit(...cluster.take());
  host.runner.wakeAll();
  await cluster.sweep();
  assert.equal(host.says, ["#2 write paid, finish ok"]);
});

test("rule 14: a process that becomes owner takes up bodies, retries and timers", async () => {
  const flow = workflow({
    name: "waits",
    run: function* () {
      const retry = { attempts: 2, backoff: 5_000, jitter: 0 };
      yield* all([call("pay"), call("try", { retry }), sleep(7_000)]);
    },
  });
  const cluster = new Cluster();
  const [first, second] = [cluster.join(1, [flow]), cluster.join(2, [flow])];
  cluster.start("order", flow);
  await first.fail("try");
  await cluster.deliver();
  assert.equal([first.running, first.timers], [["pay"], [5_000, 7_000]]);
  cluster.suspect(first);
  assert.equal([first.timers, first.runner.effectsRunning], [[], 0]);
  assert.equal([second.running, second.timers], [["pay"], [5_000, 7_000]]);
});

test("rule 14: a timer that came due while nobody owned the run fires at once", async () => {
  const flow = workflow({
    name: "sleeps",
    run: function* () {
      yield* sleep(50);
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow]);
  cluster.start("order", flow);
  cluster.suspect(host);
  await cluster.pass(80);
  cluster.commit(host.presence.announcement);
  await cluster.turn();
  assert.equal([host.says, host.timers], [["#1 outcome 0 ok"], []]);
});

test("rule 14: looking at everything, any number of times, doubles nothing", async () => {
  const cluster = new Cluster();
  const hosts = [cluster.join(1, [everything]), cluster.join(2, [everything])];
  const id = cluster.start("order", everything);
  const wake = () => {
    for (const host of hosts) for (let i = 0; i < 3; i++) host.runner.wakeAll();
  };
  await untilDone(cluster, { each: wake });
  assert.equal([namesOf(hosts), resultOf(cluster.run(id))], [ONCE, "over: done"]);
});

/** Each thing that a hint may be lost of: writes, a retry, a race, an end. */
const everything = workflow({
  name: "everything",
  run: function* () {
    const status = yield* variable("status", "new");
    yield* call("try", { retry: { attempts: 2, backoff: 100, jitter: 0 } });
    yield* checkpoint("mark", 1);
    const { tag } = yield* race({ over: sleep(500), never: call("never") });
    yield* status.set("done");
    yield* all([call("ship"), sleep(10)]);
    return `${tag}: ${status.value}`;
  },
});

const ONCE = ["try", "try", "never", "ship"];

const namesOf = (hosts: readonly Host[]): readonly string[] =>
  hosts.flatMap(({ executions }) => executions.map(({ name }) => name));

async function endBodies(host: Host): Promise<void> {
  for (const { name, fx } of host.executions.filter(({ hasEnded }) => !hasEnded)) {
    if (name === "try" && fx.attempt === 1) await host.fail(name);
    else if (name !== "never") await host.give(name);
  }
}

/** Ends bodies as they come, the first try by a failure; sweeps until all runs have ended. */
async function untilDone(
  cluster: Cluster,
  { each = () => {}, onRound = () => {} }: { each?: () => void; onRound?: (n: number) => void },
): Promise<number> {
  const isDone = () => [...cluster.state.runs.values()].every((run) => isTerminal(run.status));
  for (let round = 1; round <= 60; round++) {
    onRound(round);
    await cluster.deliver();
    for (const host of cluster.hosts) {
      each();
      await endBodies(host);
      each();
    }
    await cluster.deliver();
    if (isDone()) return round;
    await cluster.sweep();
  }
  throw new Error("a run that is owed something does not move");
}

test("rule 14: whichever hint is lost, the sweep finds what it left undone", async () => {
  let hints = 0;
  for (let lost = 0; lost <= hints; lost++) {
    const cluster = new Cluster();
    const host = cluster.join(1, [everything]);
    let heard = 0;
    host.hears = () => heard++ !== lost;
    const id = cluster.start("order", everything);
    await untilDone(cluster, {});
    assert.equal([resultOf(cluster.run(id)), namesOf([host])], ["over: done", ONCE], `${lost}`);
    hints = Math.max(hints, heard);
  }
  assert.ok(hints > 8, `${hints} hints were lost, one at a time`);
});

test("rule 14: whichever hint is lost on whom around a takeover, the run moves", async () => {
  for (const place of [0, 1] as const) {
    let hints = 0;
    for (let lost = 0; lost <= hints; lost++) {
      const cluster = new Cluster();
      const hosts = [cluster.join(1, [everything]), cluster.join(2, [everything])] as const;
      let heard = 0;
      hosts[place].hears = () => heard++ !== lost;
      const id = cluster.start("order", everything);
      const onRound = (round: number) => {
        if (round === 2) cluster.suspect(hosts[0]);
        if (round === 3) cluster.commit(hosts[0].presence.announcement);
        if (round === 4) cluster.suspect(hosts[1]);
      };
      await untilDone(cluster, { onRound });
      assert.is(resultOf(cluster.run(id)), "over: done", `hint ${lost} on ${place}`);
      hints = Math.max(hints, heard);
    }
    assert.ok(hints > 8, `${hints}`);
  }
});

test("rule 14: with no hint at all, the sweep alone brings every run to its end", async () => {
  const cluster = new Cluster();
  const hosts = [cluster.join(1, [everything]), cluster.join(2, [everything])] as const;
  for (const host of hosts) host.hears = () => false;
  const ids = [1, 2].map((owner) => cluster.start(`order-${owner}`, everything, owner));
  assert.equal([hosts[0].running, hosts[1].running], [[], []]);
  await untilDone(cluster, {});
  assert.equal(
    ids.map((id) => resultOf(cluster.run(id))),
    ["over: done", "over: done"],
  );
});

test("rules 11 and 14: a gap whose hint was lost is found by the sweep", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [everything], ONE_BY_ONE);
  const flow = workflow({
    name: "writes",
    run: function* () {
      yield* checkpoint("a", 1);
      yield* checkpoint("b", 2);
    },
  });
  const writer = cluster.join(2, [flow], ONE_BY_ONE);
  cluster.start("order", flow, 2);
  const second = cluster.take()[1];
  assert.ok(second);
  writer.hears = () => false;
  if (second !== undefined) cluster.commit(second);
  assert.equal(writer.says, []);
  await cluster.sweep();
  assert.equal(writer.says, ["#1 write a", "#2 write b", "#3 finish ok"]);
  assert.equal(host.says, []);
});

test("the sweep visits some runs at a time, round and round: each gets its turn", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [pays], { sweepRuns: 2 });
  host.hears = () => false;
  for (let i = 0; i < 5; i++) cluster.start(`order-${i}`, pays);
  const counts: number[] = [];
  for (let i = 0; i < 3; i++) {
    await cluster.sweep();
    counts.push(host.running.length);
  }
  assert.equal(counts, [2, 4, 5]);
  for (const { end } of host.executions) end.resolve(1);
  await untilDone(cluster, {});
});

test.run();
