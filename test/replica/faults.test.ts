import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TestCluster, type TestNode } from "../fixtures/replica/cluster.ts";
import { swarm } from "../fixtures/replica/swarm.ts";
import { toy } from "../fixtures/replica/toy-machine.ts";

// npm test -- test/replica/faults: SEED=n runs that seed alone, SEEDS=n as many from the first.

const test = suite("replica: faults", { limitMs: 120_000 });

const SEEDS = Number(process.env["SEEDS"] ?? 30);

const others = (cluster: TestCluster, but: TestNode): readonly TestNode[] =>
  [...cluster.nodes.values()].filter((node) => node !== but);

test("a dead leader is replaced, and what was outstanding on the others is answered", async () => {
  const cluster = new TestCluster({ seed: 1 });
  const old = await cluster.elected();
  await cluster.converged();
  const replies = others(cluster, old).map(({ address, replica }) =>
    replica.propose(toy(address.name)),
  );
  cluster.crash(old.address.name);
  const diedMs = cluster.sim.nowMs;
  await cluster.drive(Promise.all(replies));
  assert.ok(cluster.sim.nowMs - diedMs < 4_000, `${cluster.sim.nowMs - diedMs} ms`);
});

test("where no leader is any more, another one leads before a time-out", async () => {
  const took: number[] = [];
  for (let seed = 1; seed <= 15; seed++) {
    const cluster = new TestCluster({ seed });
    const old = await cluster.elected();
    await cluster.converged();
    await cluster.advance(1_000);
    cluster.crash(old.address.name);
    const diedMs = cluster.sim.nowMs;
    await cluster.elected(old.address.name);
    took.push(cluster.sim.nowMs - diedMs);
  }
  took.sort((a, b) => a - b);
  assert.ok((took[7] ?? 0) < 900, took.join(" "));
  assert.ok((took.at(-1) ?? 0) < 1_500, took.join(" "));
});

test("a leader that hangs is replaced; when it wakes it follows, and loses nothing", async () => {
  const cluster = new TestCluster({ seed: 2 });
  const old = await cluster.elected();
  await cluster.converged();
  const waiting = old.replica.propose(toy("before"));
  cluster.pause(old.address.name);
  const next = await cluster.elected(old.address.name);
  await cluster.drive(next.replica.propose(toy("meanwhile")));
  await cluster.advance(15_000);
  cluster.resume(old.address.name);
  await cluster.drive(waiting);
  await cluster.converged();
  assert.is(old.replica.status().role, "follower");
  assert.equal(old.machine.ids.toSorted(), ["before", "meanwhile"]);
});

test("a dead peer stops nobody", async () => {
  const cluster = new TestCluster({ seed: 3 });
  const leader = await cluster.elected();
  const [dead, alive] = others(cluster, leader);
  if (dead === undefined || alive === undefined) throw new Error("three nodes");
  cluster.crash(dead.address.name);
  const started = cluster.sim.nowMs;
  for (let i = 0; i < 100; i++) await cluster.drive(alive.replica.propose(toy(`${i}`)));
  assert.ok(cluster.sim.nowMs - started < 2_000);
});

test("without a majority nothing is acknowledged; with one again, everything is", async () => {
  const cluster = new TestCluster({ seed: 4 });
  const leader = await cluster.elected();
  await cluster.converged();
  const gone = others(cluster, leader).map(({ address }) => cluster.crash(address.name));
  let count = 0;
  const replies = ["x", "y"].map((id) =>
    leader.replica.propose(toy(id)).then(() => {
      count++;
    }),
  );
  await cluster.advance(30_000);
  assert.is(count, 0);
  assert.is(leader.replica.status().role === "leader", false, "it knows that it is alone");
  for (const address of gone) cluster.restart(address);
  await cluster.drive(Promise.all(replies));
});

test("a vote survives a restart: a member does not vote twice in a term", async () => {
  const cluster = new TestCluster({ seed: 5, syncMs: [1, 5] });
  const leader = await cluster.elected();
  const { term } = leader.replica.status();
  for (const { address } of others(cluster, leader)) {
    cluster.restart(cluster.crash(address.name));
    assert.ok(cluster.replica(address.name).status().term >= term, "it forgot the term");
  }
});

test("an acknowledgement means that a majority's disks have it", async () => {
  const cluster = new TestCluster({ seed: 6, syncMs: [5, 20] });
  const leader = await cluster.elected();
  await cluster.converged();
  await cluster.drive(leader.replica.propose(toy("x")));
  // All at once, before any fsync that is under way is done.
  const addresses = [...cluster.nodes.keys()].map((name) => cluster.crash(name));
  for (const address of addresses) cluster.restart(address);
  const reply = await cluster.drive(cluster.replica("a").propose(toy("y")));
  assert.is(reply.place, 2, "x was forgotten");
});

test("a forwarded proposal is applied once for each call, however often it is sent", async () => {
  const conditions = { delayMs: [1, 60] as const, loss: 0.2, duplication: 0.2, isReordering: true };
  const cluster = new TestCluster({ seed: 7, conditions, limits: { retryMs: 100 } });
  const leader = await cluster.elected();
  const replies = others(cluster, leader).flatMap(({ address, replica }) =>
    Array.from({ length: 50 }, (_, i) => replica.propose(toy(`${address.name}${i}`))),
  );
  const places = (await cluster.drive(Promise.all(replies))).map(({ place }) => place);
  assert.equal(
    places.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  const retried = others(cluster, leader).reduce((n, one) => n + one.replica.counters.retried, 0);
  assert.ok(retried > 0, "nothing was ever sent again");
});

test("a slow group is not drowned in repeats: a leader appends each once", async () => {
  const cluster = new TestCluster({ seed: 8, limits: { retryMs: 20 }, syncMs: [200, 200] });
  const leader = await cluster.elected();
  await cluster.converged();
  const follower = others(cluster, leader)[0];
  if (follower === undefined) throw new Error("three nodes");
  const { lastIndex } = leader.replica.status();
  await cluster.drive(follower.replica.propose(toy("x")));
  await cluster.converged();
  assert.ok(follower.replica.counters.retried > 1, "it was not slow enough");
  assert.is(leader.replica.status().lastIndex, lastIndex + 1);
});

test("random faults: what was acknowledged is there, once, in one order on all", async () => {
  const { SEED } = process.env;
  const seeds = SEED === undefined ? range(1, SEEDS) : [Number(SEED)];
  let acknowledged = 0;
  for (const seed of seeds) {
    const outcome = await swarm(seed).catch((error: unknown) => {
      throw new Error(`SEED=${seed}`, { cause: error });
    });
    assert.equal(outcome.violations, [], `SEED=${seed}`);
    acknowledged += outcome.acknowledged;
  }
  assert.ok(acknowledged > seeds.length * 20, `only ${acknowledged} acknowledged`);
});

test("the same seed gives the same trace hash, twice in one process and in two", async () => {
  for (const seed of [3, 5, 10]) {
    const { hash } = await swarm(seed, 3_000);
    assert.is((await swarm(seed, 3_000)).hash, hash, `SEED=${seed}`);
  }
  const { hash } = await swarm(15);
  const script = "test/fixtures/replica/swarm.ts";
  const other = execFileSync(process.execPath, ["--import", "tsx", script, "15"], {
    encoding: "utf8",
  });
  assert.is(other, hash);
});

const range = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + i);

test.run();
