import { type Cluster, createCluster } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { countEvery } from "../fixtures/cluster/count.ts";
import { codeOf } from "../fixtures/code-of.ts";

/** Nodes that come and go while runs go on, in virtual time (DESIGN §8). */
const test = suite("scenario: membership", { limitMs: 120_000 });

const count = countEvery("100ms");

const voters = (cluster: Cluster, at: string): readonly string[] =>
  cluster
    .node(at)
    .status()
    .members.filter(({ isVoter }) => isVoter)
    .map(({ name }) => name)
    .sort();

async function until(cluster: Cluster, isSo: () => boolean, what: string): Promise<void> {
  for (let waits = 0; !isSo(); waits++) {
    assert.ok(waits < 1_200, `never so: ${what}`);
    await cluster.advance("50ms");
  }
}

/** Starts runs at living nodes in turn, all the time; `ends` waits for every one. */
class Load {
  readonly #cluster: Cluster;
  #started = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async start(runs: number, ...at: readonly string[]): Promise<void> {
    for (let i = 0; i < runs; i++) {
      const name = at[i % at.length] ?? "a";
      await this.#cluster.node(name).start(count, 12, { id: `run-${this.#started++}` });
    }
  }

  async ends(at: string): Promise<void> {
    for (let i = 0; i < this.#started; i++) {
      const sum = await this.#cluster
        .node(at)
        .get(count, `run-${i}`)
        .result({ timeout: "1 minute" });
      assert.is(sum, 78, `run-${i}`);
    }
    assert.ok(this.#started > 10);
  }
}

for (const seed of [1, 2, 3]) {
  test(`1 -> 3 -> 5 -> 3 nodes under load, and no run is lost, seed ${seed}`, async () => {
    const network = { loss: 0.02, duplication: 0.02, delayMs: [0.1, 3] as const };
    const cluster = await createCluster({ workflows: [count], nodes: 1, seed, network });
    const load = new Load(cluster);
    await load.start(6, "a");
    await cluster.add("b");
    await load.start(6, "a", "b");
    await cluster.add("c");
    await load.start(6, "a", "b", "c");
    await cluster.add("d");
    await cluster.add("e");
    await load.start(10, "a", "b", "c", "d", "e");
    assert.equal(voters(cluster, "e"), ["a", "b", "c", "d", "e"]);
    // The founder goes, and whoever leads then.
    await cluster.leave("a");
    const [survivor = ""] = ["b", "c", "d", "e"].filter((name) => name !== cluster.leader());
    await until(cluster, () => cluster.leader() !== undefined, "a leader");
    await load.start(4, survivor);
    const leader = cluster.leader() ?? "";
    if (leader !== survivor) await cluster.leave(leader);
    await until(cluster, () => voters(cluster, survivor).length === 3, "three voters");
    await load.start(4, survivor);
    await load.ends(survivor);
    await cluster.stop();
  });
}

test("a node that leaves hands over its runs and its office first, and nothing waits", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 4 });
  const leader = cluster.leader() ?? "";
  const [other = ""] = cluster.names.filter((name) => name !== leader);
  await cluster.node(leader).start(count, 40, { id: "handed" });
  await cluster.advance("300ms");
  assert.is(cluster.owner("handed"), leader);
  await cluster.leave(leader);
  // No detection by silence: it is done when it is gone.
  assert.is.not(cluster.owner("handed"), leader);
  assert.ok(cluster.leader() !== undefined, "an heir leads at once");
  assert.is(voters(cluster, other).length, 2);
  assert.is(await cluster.node(other).get(count, "handed").result(), 820);
  await cluster.stop();
});

test("stopping hands over, too, but keeps the seat", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 5 });
  const leader = cluster.leader() ?? "";
  const [other = ""] = cluster.names.filter((name) => name !== leader);
  await cluster.node(leader).start(count, 40, { id: "handed" });
  await cluster.node(leader).stop();
  assert.is.not(cluster.leader(), leader);
  assert.ok(cluster.leader() !== undefined, "an heir leads at once");
  assert.is.not(cluster.owner("handed"), leader);
  assert.is(voters(cluster, other).length, 3);
  await cluster.stop();
});

test("the last member cannot leave, and goes on", async () => {
  const cluster = await createCluster({ workflows: [count], nodes: 1, seed: 6 });
  assert.is(await codeOf(cluster.node("a").leave()), "invalid-argument");
  assert.is(await codeOf(cluster.node("a").admin.remove("a")), "invalid-argument");
  const run = await cluster.node("a").start(count, 3);
  assert.is(await run.result(), 6);
  await cluster.stop();
});

test("a node that was stopped has not left, and says so", async () => {
  const cluster = await createCluster({ workflows: [count], nodes: 3, seed: 16 });
  const node = cluster.node("b");
  const stopping = node.stop();
  assert.is(await codeOf(node.leave()), "node-stopped");
  await stopping;
  await cluster.stop();
});

test("a dead node is removed, and its restart is refused", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 7 });
  const alive = cluster.names.filter((name) => name !== cluster.leader());
  const [dead = "", other = ""] = alive;
  await cluster.node(dead).start(count, 30, { id: "left behind" });
  cluster.crash(dead);
  await cluster.node(other).admin.remove(dead);
  await until(cluster, () => voters(cluster, other).length === 2, "two voters");
  assert.is(await cluster.node(other).get(count, "left behind").result(), 465);
  assert.is(await codeOf(cluster.restart(dead)), "join-refused");
  await cluster.stop();
});

test("a live node that is removed votes itself out, then stops and says why", async () => {
  const cluster = await createCluster({ workflows: [count], nodes: 2, seed: 8 });
  const leader = cluster.leader() ?? "";
  const [gone = ""] = cluster.names.filter((name) => name !== leader);
  await cluster.node(leader).admin.remove(gone);
  await until(cluster, () => voters(cluster, leader).length === 1, "one voter");
  await cluster.advance("5s");
  assert.is(await codeOf(cluster.node(gone).start(count, 1)), "node-stopped");
  const run = await cluster.node(leader).start(count, 4);
  assert.is(await run.result(), 10);
  await cluster.stop();
});

test("a wiped disk comes back under a new id, and the old one is out", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 9 });
  const [wiped = ""] = cluster.names.filter((name) => name !== cluster.leader());
  const idOf = (): number | undefined =>
    cluster
      .node(cluster.leader() ?? "")
      .status()
      .members.find(({ name }) => name === wiped)?.id;
  const before = idOf();
  await cluster.restartWiped(wiped);
  const after = idOf();
  assert.ok(before !== undefined && after !== undefined && after > before, `${before} ${after}`);
  await until(cluster, () => voters(cluster, wiped).length === 3, "three voters");
  const run = await cluster.node(wiped).start(count, 4);
  assert.is(await run.result(), 10);
  await cluster.stop();
});

test("leadership goes where the operator wants it", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 10 });
  for (const to of ["c", "a", "b"]) {
    await cluster.node("a").admin.transfer(to);
    assert.is(cluster.leader(), to);
  }
  assert.is(await codeOf(cluster.node("a").admin.transfer("z")), "invalid-argument");
  await cluster.stop();
});

test("rebalance spreads what one member owns, and every run ends", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 11 });
  for (let i = 0; i < 30; i++) await cluster.node("b").start(count, 20, { id: `run-${i}` });
  const runsOf = async (): Promise<readonly number[]> =>
    (await cluster.node("a").admin.status()).members.map(({ runs }) => runs);
  assert.equal(await runsOf(), [0, 30, 0]);
  assert.is(await cluster.node("c").admin.rebalance(), 20);
  assert.equal(await runsOf(), [10, 10, 10]);
  assert.is(await cluster.node("c").admin.rebalance(), 0);
  for (let i = 0; i < 30; i++) {
    assert.is(await cluster.node("c").get(count, `run-${i}`).result(), 210);
  }
  await cluster.stop();
});

test("a spare follows, and takes the place of a voter that is dead for long", async () => {
  const node = { maxVoters: 3, replaceDeadAfter: "10s" } as const;
  const cluster = await createCluster({ workflows: [count], nodes: 4, seed: 12, node });
  assert.equal(voters(cluster, "d"), ["a", "b", "c"]);
  const [dead = ""] = ["a", "b", "c"].filter((name) => name !== cluster.leader());
  cluster.crash(dead);
  await cluster.advance("5s");
  assert.ok(voters(cluster, "d").includes(dead), "not at once");
  await until(cluster, () => voters(cluster, "d").includes("d"), "the spare votes");
  assert.not.ok(voters(cluster, "d").includes(dead));
  const run = await cluster.node("d").start(count, 4);
  assert.is(await run.result(), 10);
  await cluster.stop();
});

test("a client starts, waits and lists by way of any member, whoever dies", async () => {
  const cluster = await createCluster({ workflows: [count], seed: 13 });
  const client = await cluster.client("shop");
  const runs = await Promise.all(
    Array.from({ length: 9 }, (_, i) => client.start(count, 20, { id: `run-${i}` })),
  );
  assert.is((await client.start(count, 20, { id: "run-1" })).workflowId, "run-1");
  assert.is(await codeOf(client.start(count, 21, { id: "run-1" })), "workflow-conflict");
  assert.is(await codeOf(client.get(count, "nothing").result()), "workflow-not-found");
  const waiting = runs.map((run) => run.result());
  await cluster.advance("500ms");
  const leader = cluster.leader() ?? "";
  cluster.crash(leader);
  for (const sum of waiting) assert.is(await sum, 210);
  const { runs: listed } = await client.list({ status: "completed" });
  assert.is(listed.length, 9);
  assert.ok(listed[0]?.startedAt instanceof Date);
  assert.is((await client.admin.status()).members.length, 3);
  await cluster.stop();
});

test.run();
