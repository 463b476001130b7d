import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeMessage } from "../../src/raft/codec.ts";
import { EMPTY_CONF_STATE } from "../../src/raft/types.ts";
import { noCounters, replicaLimits } from "../../src/replica/options.ts";
import { decodeAsk, decodePart } from "../../src/replica/snapshot-codec.ts";
import { SnapshotFetcher } from "../../src/replica/snapshot-fetcher.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { MemorySnapshots } from "../../src/storage/memory-snapshots.ts";
import { decodeEnvelope } from "../../src/transport/envelope-codec.ts";
import { TestCluster, type TestNode } from "../fixtures/replica/cluster.ts";
import { toy } from "../fixtures/replica/toy-machine.ts";

/** Snapshots of toy machines: many small chunks, taken every 20 entries. */
const test = suite("replica: snapshots", { limitMs: 60_000 });

const limits = {
  snapshotEveryEntries: 20,
  trailingEntries: 0,
  snapshotPartBytes: 16,
  snapshotIdleMs: 2_000,
};

const start = (names: readonly string[], more = {}): TestCluster =>
  new TestCluster({ seed: 5, names, chunkBytes: 32, limits: { ...limits, ...more } });

async function fill(cluster: TestCluster, node: TestNode, count: number): Promise<void> {
  const from = node.machine.ids.length;
  for (let i = 0; i < count; i++) {
    await cluster.drive(node.replica.propose(toy(`order ${from + i}`)));
  }
}

function follower(cluster: TestCluster): TestNode {
  const leader = cluster.leader();
  const found = [...cluster.nodes.values()].find((node) => node !== leader);
  if (found === undefined) throw new Error("no follower");
  return found;
}

/** Offsets of the parts that came to a member, in order. */
function partsTo(cluster: TestCluster, name: string): number[] {
  const offsets: number[] = [];
  cluster.onBody = (_from, to, body) => {
    const { kind, body: inner } = decodeEnvelope(body);
    if (to === name && kind === "snapshot-part") offsets.push(decodePart(inner).offset);
  };
  return offsets;
}

test("the log is cut behind a snapshot, at the one before it", async () => {
  const cluster = start(["a"]);
  await fill(cluster, cluster.node("a"), 100);
  await cluster.until(() => cluster.replica("a").status().firstIndex > 40);
  const { firstIndex, snapshot } = cluster.replica("a").status();
  const kept =
    cluster.snapshots
      .get("a")
      ?.list()
      .map(({ index }) => Number(index)) ?? [];
  assert.is(kept.length, 2);
  assert.is(kept[0], Number(snapshot?.index));
  assert.is(Number(firstIndex) - 1, kept[1], "both of them can be gone on from");
});

test("a cut leaves a window for those a little behind, within a limit in bytes", async () => {
  for (const snapshotEveryBytes of [1_000_000, 1]) {
    const cluster = start(["a"], { trailingEntries: 100, snapshotEveryBytes });
    // With time for each snapshot: else they come further and further apart.
    for (let i = 0; i < 10; i++) {
      await fill(cluster, cluster.node("a"), 20);
      await cluster.advance(200);
    }
    const { firstIndex, snapshot } = cluster.replica("a").status();
    const left = Number(snapshot?.index) - Number(firstIndex) + 1;
    assert.is(left >= 100, snapshotEveryBytes > 1, `${left} entries are left`);
    // A snapshot is taken between turns: it may be some entries late.
    const most = snapshotEveryBytes > 1 ? 145 : 99;
    assert.ok(left <= most && firstIndex > 1, `${left} entries are left`);
  }
});

test("a restart begins from the newest snapshot, and applies the log behind it alone", async () => {
  const cluster = start(["a"]);
  await fill(cluster, cluster.node("a"), 95);
  await cluster.until(() => Number(cluster.replica("a").status().snapshot?.index) > 70);
  const before = [...cluster.node("a").machine.ids];
  const again = cluster.restart(cluster.crash("a"));
  await cluster.drive(again.replica.propose(toy("after")));
  assert.equal(again.machine.ids, [...before, "after"]);
  assert.is(again.machine.thaws, 1);
  assert.ok(again.events.join(" ").split(" ").length < 40, "what the snapshot has is not applied");
});

test("a snapshot that rotted is set aside, and the one before it stands in", async () => {
  const cluster = start(["a"]);
  await fill(cluster, cluster.node("a"), 95);
  await cluster.until(() => cluster.snapshots.get("a")?.list().length === 2);
  const before = [...cluster.node("a").machine.ids];
  const address = cluster.crash("a");
  const bodies = cluster.snapshots.get("a");
  const [newest] = bodies?.list() ?? [];
  bodies?.rot(40);
  const again = cluster.restart(address);
  await cluster.drive(again.replica.propose(toy("after")));
  assert.equal(again.machine.ids, [...before, "after"]);
  assert.equal(bodies?.broken, [newest?.index]);
});

test("with none left that is whole, and the log before it gone, it says so and stops", async () => {
  const cluster = start(["a"]);
  await fill(cluster, cluster.node("a"), 95);
  await cluster.until(() => cluster.replica("a").status().firstIndex > 40);
  const address = cluster.crash("a");
  for (const { index } of cluster.snapshots.get("a")?.list() ?? []) {
    await cluster.snapshots.get("a")?.setAside(index);
  }
  const again = cluster.restart(address);
  await cluster.until(() => again.failures.length > 0);
  assert.match(again.failures[0]?.message ?? "", /the log before it is gone/);
});

test("one that was away too long gets a snapshot, then the log", async () => {
  const cluster = start(["a", "b", "c"]);
  await cluster.elected();
  const away = cluster.crash(follower(cluster).address.name);
  const leader = await cluster.elected();
  await fill(cluster, leader, 100);
  const back = cluster.restart(away);
  await fill(cluster, leader, 5);
  await cluster.converged();
  assert.equal(back.machine.ids, leader.machine.ids);
  assert.is(back.machine.thaws, 1);
  // What it got stands on its disk as well.
  const again = cluster.restart(cluster.crash(away.name));
  await cluster.converged();
  assert.equal(again.machine.ids, leader.machine.ids);
});

test("a link that is cut in the middle costs time: what came is not sent again", async () => {
  const cluster = start(["a", "b", "c"]);
  await cluster.elected();
  const away = cluster.crash(follower(cluster).address.name);
  const leader = await cluster.elected();
  await fill(cluster, leader, 100);
  const offsets = partsTo(cluster, away.name);
  const back = cluster.restart(away);
  await cluster.until(() => offsets.length > 30);
  cluster.network.cut(leader.address.name, away.name);
  await cluster.advance(900);
  const atCut = offsets.length;
  cluster.network.heal();
  await cluster.until(() => back.machine.thaws === 1);
  const after = offsets.slice(atCut);
  assert.ok(after.length > 5, "it was cut in the middle");
  assert.ok(!after.includes(0), `it began anew: ${after.join(" ")}`);
  assert.ok(offsets.length < new Set(offsets).size + 12, "little came twice");
  await cluster.converged();
});

test("a body that rotted where it is kept is not handed on: a new one is offered", async () => {
  const cluster = start(["a", "b", "c"]);
  await cluster.elected();
  const away = cluster.crash(follower(cluster).address.name);
  const leader = await cluster.elected();
  await fill(cluster, leader, 100);
  cluster.snapshots.get(leader.address.name)?.rot(200);
  const back = cluster.restart(away);
  await fill(cluster, leader, 30);
  await cluster.converged();
  assert.equal(back.machine.ids, leader.machine.ids);
});

test("a part that is changed on its way is found, and asked for again", async () => {
  const cluster = start(["a", "b", "c"]);
  await cluster.elected();
  const away = cluster.crash(follower(cluster).address.name);
  const leader = await cluster.elected();
  await fill(cluster, leader, 100);
  let changed = 0;
  cluster.onBody = (_from, to, body) => {
    const { kind, body: inner } = decodeEnvelope(body);
    if (to !== away.name || kind !== "snapshot-part" || changed >= 3) return;
    const { bytes, offset } = decodePart(inner);
    if (offset < 100 || bytes.length === 0) return;
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    changed++;
  };
  const back = cluster.restart(away);
  await cluster.converged();
  assert.equal(back.machine.ids, leader.machine.ids);
  assert.is(changed, 3);
  assert.ok(back.replica.counters.damagedParts > 0);
});

test("a learner joins by a snapshot that knows it, and becomes a voter", async () => {
  const cluster = start(["a"]);
  const leader = cluster.node("a");
  // No snapshot is due or under way when the learner comes: the newest one does not know it.
  for (const count of [100, 1]) {
    await fill(cluster, leader, count);
    await cluster.advance(200);
  }
  const newcomer = { id: nodeId(2), name: "z" };
  const joined = cluster.boot(newcomer, { isFounder: false });
  const change = (kind: "add-learner" | "add-voter") =>
    leader.replica.proposeConfChange({
      changes: [{ kind, id: newcomer.id }],
      addresses: [newcomer],
    });
  const offered: boolean[] = [];
  cluster.onBody = (_from, to, body) => {
    const { kind, body: inner } = decodeEnvelope(body);
    const snapshot = kind === "raft" && to === "z" ? decodeMessage(inner).snapshot : undefined;
    if (snapshot) offered.push(snapshot.confState.learners.includes(newcomer.id));
  };
  await cluster.drive(change("add-learner"));
  await cluster.until(() => joined.machine.ids.length === leader.machine.ids.length);
  assert.is(joined.machine.thaws, 1);
  assert.ok(offered.length > 0 && offered.every(Boolean), `it is in all of ${offered}`);
  await cluster.drive(change("add-voter"));
  await fill(cluster, leader, 3);
  await cluster.converged();
  assert.equal(joined.replica.status().voters, [1, 2]);
});

test("proposals go on while a snapshot is sent, and few of its parts are under way", async () => {
  const cluster = start(["a", "b", "c"], { snapshotInflightParts: 2 });
  await cluster.elected();
  const away = cluster.crash(follower(cluster).address.name);
  const leader = await cluster.elected();
  await fill(cluster, leader, 200);
  let [asked, came, most] = [0, 0, 0];
  cluster.onBody = (_from, _to, body) => {
    const { kind } = decodeEnvelope(body);
    if (kind === "snapshot-ask") asked++;
    if (kind === "snapshot-part") came++;
    most = Math.max(most, asked - came);
  };
  const back = cluster.restart(away);
  await cluster.until(() => came > 10);
  const startedMs = cluster.sim.nowMs;
  await fill(cluster, leader, 5);
  assert.is(back.machine.thaws, 0, "it is still under way");
  assert.ok(cluster.sim.nowMs - startedMs < 100);
  await cluster.converged();
  assert.ok(most <= 3, `${most} asks without their part`);
});

test("a snapshot that comes while the one before is still being stored follows it", async () => {
  const cluster = new TestCluster({
    seed: 3,
    limits: { ...limits, snapshotEveryEntries: 4, snapshotPartBytes: 4_096, snapshotIdleMs: 100 },
    syncMs: [2_000, 3_000],
    slow: ["c"],
  });
  await cluster.until(() => ["a", "b"].includes(cluster.leader()?.address.name ?? ""));
  const address = cluster.crash("c");
  const leader = await cluster.elected();
  await fill(cluster, leader, 20);
  const { failures } = cluster.restart(address);
  for (let i = 0; i < 40; i++) {
    await fill(cluster, leader, 1);
    await cluster.advance(100);
  }
  await cluster.converged();
  assert.equal(failures, []);
});

test("a body that came and was never installed is nothing to begin from", async () => {
  const cluster = new TestCluster({
    seed: 4,
    limits: { ...limits, snapshotEveryEntries: 4, snapshotPartBytes: 4_096 },
    syncMs: [2_000, 3_000],
    slow: ["c"],
  });
  await cluster.until(() => ["a", "b"].includes(cluster.leader()?.address.name ?? ""));
  const address = cluster.crash("c");
  const leader = await cluster.elected();
  await fill(cluster, leader, 40);
  cluster.restart(address);
  const bodies = (): number => cluster.snapshots.get("c")?.list().length ?? 0;
  await cluster.until(() => bodies() > 0);
  cluster.crash("c");
  assert.is(cluster.disk("c").snapshot.index, 0, "its log does not speak of it");
  const { failures, replica } = cluster.restart(address);
  await cluster.advance(1);
  assert.is(replica.status().snapshot, undefined);
  await cluster.converged();
  assert.equal(failures, []);
});

test("the same body, told of once more and by another one, goes on where it is", async () => {
  const there = new MemorySnapshots(64);
  const body = there.create();
  await body.write(new Uint8Array(64).fill(7));
  const what = { index: index(9), term: term(2), confState: EMPTY_CONF_STATE };
  const snapshot = await body.finish(what, 1);
  const asked: string[] = [];
  const fetcher = new SnapshotFetcher({
    store: new MemorySnapshots(64),
    courier: {
      send: (to, _kind, ask) => {
        asked.push(`${decodeAsk(ask).offset} of ${to}`);
        return true;
      },
    },
    counters: noCounters(),
    limits: { ...replicaLimits, snapshotPartBytes: 16, snapshotInflightParts: 2 },
    onWhole: () => {},
    onDisk: () => {},
  });
  fetcher.offered({ from: nodeId(1), snapshot }, 0);
  assert.equal(asked.splice(0), ["0 of 1", "16 of 1"]);
  fetcher.came(nodeId(1), { index: what.index, offset: 0, bytes: new Uint8Array(16).fill(7) }, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.splice(0), ["32 of 1"]);
  fetcher.offered({ from: nodeId(2), snapshot }, 2);
  assert.equal(asked, ["16 of 2", "32 of 2"]);
});

test.run();
