import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import type { RawNode } from "../../src/raft/raw-node.ts";
import type { Entry } from "../../src/raft/types.ts";
import { lend } from "../../src/replica/lend.ts";
import {
  decodeFound,
  decodeWanted,
  encodeFound,
  encodeWanted,
} from "../../src/replica/mend-codec.ts";
import { Mending } from "../../src/replica/mending.ts";
import { utf8 } from "../../src/std/bytes.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { err, ok } from "../../src/std/result.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import type { FaultyEntry } from "../../src/storage/port.ts";
import { entry, save, snapshotAt } from "../contract/log-store.ts";
import { TestCluster } from "../fixtures/replica/cluster.ts";

/** PAR and CTRL (FAST '18): what rotted is neither absent nor acknowledged until it is there. */
const test = suite("replica: mending", { limitMs: 60_000 });

const faultyOf = (one: Entry): FaultyEntry => ({
  index: one.index,
  term: one.term,
  isConfChange: one.kind !== "normal",
  accepts: (other) =>
    other.index === one.index &&
    other.term === one.term &&
    Buffer.compare(other.data, one.data) === 0,
});

const hardState = { term: term(5), vote: nodeId(1), commit: index(3) };
const mendingOf = (...ats: readonly number[]): Mending =>
  new Mending({
    faulty: ats.map((at) => faultyOf(entry(at, 4))),
    hardState,
    termAt: (at) => (at <= 8 ? term(4) : undefined),
  });
const answer = {
  term: term(5),
  isLeader: false,
  entries: [],
  absentFrom: undefined,
  snapshot: undefined,
};

test("an entry is taken from anybody, and from nobody another one", () => {
  const mending = mendingOf(4, 6);
  const places = [
    { index: 4, term: 4 },
    { index: 6, term: 4 },
  ];
  assert.equal(mending.wanted(), { places, stateAt: undefined });
  assert.not.ok(mending.take({ ...answer, entries: [entry(4, 5), entry(5, 4)] }));
  assert.ok(mending.take({ ...answer, term: term(1), entries: [entry(6, 4)] }));
  assert.not.ok(mending.isDone);
  assert.ok(mending.take({ ...answer, entries: [entry(4, 4)] }));
  assert.ok(mending.isDone);
  assert.equal(mending.outcome(), {
    entries: [entry(6, 4), entry(4, 4)],
    discardFrom: undefined,
    snapshot: undefined,
  });
});

test("only a leader of a term not before one's own says what was never committed", () => {
  const absent = { ...answer, absentFrom: index(6) };
  const mending = mendingOf(4, 6, 8);
  assert.not.ok(mending.take(absent), "a follower may lack it and the group have it");
  assert.not.ok(mending.take({ ...absent, isLeader: true, term: term(4) }), "a leader of old");
  assert.ok(mending.take({ ...absent, isLeader: true }));
  assert.equal(mending.wanted().places, [{ index: 4, term: 4 }]);
  assert.ok(mending.take({ ...answer, entries: [entry(4, 4)] }));
  assert.equal(mending.outcome(), {
    entries: [entry(4, 4)],
    discardFrom: 6,
    snapshot: undefined,
  });
});

test("what is known to be committed is never discarded, whoever says so", () => {
  const mending = mendingOf(3);
  assert.not.ok(mending.take({ ...answer, isLeader: true, term: term(9), absentFrom: index(3) }));
  assert.not.ok(mending.isDone);
});

const leading = (terms: readonly number[]): Pick<RawNode, "basicStatus" | "termAt"> => ({
  basicStatus: () => ({
    id: nodeId(1),
    hardState: { ...hardState, term: term(7) },
    softState: { leader: nodeId(1), state: "leader" },
    applied: index(0),
    lastIndex: index(terms.length),
    transferee: nodeId(0),
    confState: { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
  }),
  termAt: (at) => {
    const found = terms[at - 1];
    return found === undefined ? err("unavailable") : ok(term(found));
  },
});

test("a member lends what it has, and a leader says what its log has otherwise", async () => {
  const store = createMemoryLogStore();
  await save(store, { entries: [entry(1, 1), entry(2, 1), entry(3, 2)] });
  const places = [1, 2, 3, 4].map((at) => ({ index: index(at), term: term(1) }));
  const wanted = { places, stateAt: undefined };
  const lender = { store, core: undefined, snapshot: undefined, maxBytes: 1_000 };
  const lent = lend(wanted, lender);
  assert.equal(lent.entries, [entry(1, 1), entry(2, 1)]);
  assert.not.ok(lent.isLeader);
  assert.is(lent.absentFrom, undefined);
  const led = lend(wanted, { ...lender, core: leading([1, 1, 2]) });
  assert.is(led.absentFrom, 3);
  assert.is(led.term, 7);
  assert.is(lend(wanted, { ...lender, maxBytes: 1 }).entries.length, 1);
});

test("question and answer come through their byte forms", () => {
  const places = [{ index: index(3), term: term(2) }];
  for (const stateAt of [undefined, index(9)]) {
    assert.equal(decodeWanted(encodeWanted({ places, stateAt })), { places, stateAt });
  }
  const found = {
    term: term(9),
    isLeader: true,
    entries: [entry(3, 2)],
    absentFrom: index(8),
    snapshot: snapshotAt(7, 2),
  };
  assert.equal(decodeFound(encodeFound(found)), found);
  assert.equal(decodeFound(encodeFound(answer)), answer);
});

/** Three with ten commands in their logs, all of them down. */
async function allDown(seed: number): Promise<TestCluster> {
  const cluster = new TestCluster({ seed });
  const leader = await cluster.elected();
  for (let i = 0; i < 10; i++) await cluster.drive(leader.replica.propose(utf8(`${i}`)));
  await cluster.converged();
  for (const name of ["a", "b", "c"]) cluster.crash(name);
  return cluster;
}

const start = (cluster: TestCluster, ...names: readonly string[]): void => {
  for (const name of names) cluster.restart(cluster.founder(name));
};

/** To the byte, on every disk: what each of them had before. */
const logs = (cluster: TestCluster): readonly string[] =>
  ["a", "b", "c"].map((name) =>
    cluster
      .disk(name)
      .entries.map(({ index: at, term: ofTerm, data }) => `${at}@${ofTerm} ${data}`)
      .slice(0, 10)
      .join(),
  );

test("each of three rotted at another place: all of them come back whole", async () => {
  const cluster = await allDown(1);
  const before = logs(cluster);
  cluster.disk("a").rot(index(5));
  cluster.disk("b").rot(index(6));
  cluster.disk("c").rot(index(7));
  start(cluster, "a", "b", "c");
  const leader = await cluster.elected();
  await cluster.drive(leader.replica.propose(utf8("more")));
  await cluster.converged();
  assert.equal(logs(cluster), before);
});

test("where the log that named the others was cut, its snapshot names them", async () => {
  const cluster = new TestCluster({
    seed: 9,
    limits: { snapshotEveryEntries: 20, trailingEntries: 0 },
  });
  const leader = await cluster.elected();
  for (let i = 0; i < 70; i++) await cluster.drive(leader.replica.propose(utf8(`${i}`)));
  await cluster.converged();
  const names = ["a", "b", "c"];
  await cluster.until(() => names.every((name) => cluster.disk(name).snapshot.index > 20));
  for (const name of names) cluster.crash(name);
  const last = Number(cluster.disk("a").entries.at(-1)?.index);
  names.forEach((name, i) => {
    cluster.disk(name).rot(index(last - i));
  });
  start(cluster, ...names);
  const again = await cluster.elected();
  await cluster.drive(again.replica.propose(utf8("more")));
  await cluster.converged();
});

test("one of two that are left heals from the other, and they go on", async () => {
  const cluster = await allDown(2);
  cluster.disk("a").rot(index(8));
  start(cluster, "a", "b");
  const leader = await cluster.elected();
  await cluster.drive(leader.replica.propose(utf8("more")));
});

test("what nobody has any more is never taken for absent: the group stands still", async () => {
  const cluster = await allDown(3);
  for (const name of ["a", "b"]) cluster.disk(name).rot(index(8));
  start(cluster, "a", "b");
  await cluster.advance(30_000);
  assert.is(cluster.leader(), undefined);
  for (const name of ["a", "b"]) {
    const { role } = cluster.replica(name).status();
    assert.is(role, "mending");
    assert.equal(cluster.node(name).mending.at(-1), {
      count: 1,
      first: 8,
      last: 8,
      waitedMs: 30_000,
    });
  }
  // Until somebody comes who has it.
  start(cluster, "c");
  await cluster.elected();
  await cluster.converged();
});

test("while its log is not whole, a member gives nobody its vote", async () => {
  const cluster = await allDown(4);
  cluster.disk("a").rot(index(8));
  cluster.disk("b").rot(index(8));
  start(cluster, "b");
  await cluster.advance(10_000);
  assert.is(cluster.leader(), undefined);
  start(cluster, "a");
  await cluster.advance(10_000);
  assert.is(cluster.leader(), undefined, "two of three, and neither may vote");
});

test("a tail that was never committed is discarded by the word of a leader", async () => {
  const cluster = await allDown(5);
  const disk = cluster.disk("a");
  const last = disk.entries.at(-1);
  const { term: ofTerm } = disk.hardState;
  disk.entries.push(entry((last?.index ?? 0) + 1, ofTerm));
  disk.rot(index((last?.index ?? 0) + 1));
  start(cluster, "a", "b", "c");
  await cluster.elected();
  await cluster.converged();
});

const snapshotting = { snapshotEveryEntries: 10, trailingEntries: 0, snapshotPartBytes: 40 };

/** Three, of whom `c` was away while the others cut from their logs what it has. */
async function cutWithout(seed: number): Promise<TestCluster> {
  const cluster = new TestCluster({ seed, limits: snapshotting });
  const leader = await cluster.elected();
  for (let i = 0; i < 8; i++) await cluster.drive(leader.replica.propose(utf8(`${i}`)));
  await cluster.converged();
  cluster.crash("c");
  const now = await cluster.elected();
  for (let i = 0; i < 50; i++) await cluster.drive(now.replica.propose(utf8(`later ${i}`)));
  await cluster.until(() =>
    ["a", "b"].every(
      (name) => cluster.disk(name).snapshot.index > cluster.disk("c").entries.length,
    ),
  );
  return cluster;
}

test("what all others have cut from their logs, a snapshot stands for", async () => {
  const cluster = await cutWithout(11);
  cluster.disk("c").rot(index(5));
  cluster.disk("c").rot(index(7));
  start(cluster, "c");
  assert.is(cluster.replica("c").status().role, "mending");
  await cluster.until(() => cluster.replica("c").status().role === "follower");
  await cluster.converged();
  assert.ok(cluster.disk("c").snapshot.index > 7, "its log begins behind that");
});

test("a snapshot that rotted comes from another one, where the log was cut behind it", async () => {
  const cluster = await cutWithout(12);
  start(cluster, "c");
  await cluster.converged();
  const leader = await cluster.elected();
  for (let i = 0; i < 50; i++) await cluster.drive(leader.replica.propose(utf8(`more ${i}`)));
  await cluster.converged();
  await cluster.until(() => cluster.snapshots.get("c")?.list().length === 2);
  cluster.crash("c");
  for (let i = 0; i < 2; i++) cluster.snapshots.get("c")?.rot(3, i);
  start(cluster, "c");
  await cluster.until(() => cluster.replica("c").status().role === "mending");
  await cluster.until(() => cluster.replica("c").status().role === "follower");
  await cluster.converged();
  assert.is(cluster.snapshots.get("c")?.broken.length, 2);
});

test("a state that is lost is asked for, and one before the log is of no use", () => {
  const mending = new Mending({
    faulty: [],
    stateAt: index(20),
    hardState,
    termAt: () => term(4),
  });
  assert.not.ok(mending.isDone);
  assert.equal(mending.wanted(), { places: [], stateAt: 20 });
  assert.equal(mending.left, { count: 0, first: 20, last: 20 });
  mending.replace(snapshotAt(19, 4));
  assert.not.ok(mending.isDone);
  mending.replace(snapshotAt(20, 4));
  assert.ok(mending.isDone);
});

test("a snapshot stands for what is before it, and for what followed another entry", () => {
  const mending = mendingOf(3, 5, 8);
  mending.replace(snapshotAt(5, 4));
  assert.equal(mending.wanted().places, [{ index: 8, term: 4 }]);
  const other = mendingOf(3, 5, 8);
  other.replace(snapshotAt(5, 6));
  assert.ok(other.isDone, "what was behind 5 was never committed (Raft §7)");
});

test("a member that is alone is told that its log is damaged, and what to do", async () => {
  const cluster = new TestCluster({ seed: 6, names: ["a"] });
  const leader = await cluster.elected();
  await cluster.drive(leader.replica.propose(utf8("1")));
  const address = cluster.crash("a");
  cluster.disk("a").rot(index(3));
  const { failures } = cluster.restart(address);
  const [failure] = failures;
  assert.instance(failure, RaftoralError);
  assert.is(failure instanceof RaftoralError && failure.code, "log-damaged");
  assert.match(failure?.message ?? "", "raftoral doctor");
});

test.run();
