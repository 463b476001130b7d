import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Message, type MessageType, message } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import type { Storage } from "../../src/raft/storage.ts";
import type { ConfState } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { err } from "../../src/std/result.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import { confState, type LawMember, roomOf, START, snapshotOf } from "./laws/members-room.ts";
import {
  ack,
  appendsTo,
  beat,
  entriesFrom,
  follow,
  LIMITS,
  leaderWith,
  logOf,
  memberWith,
  progressOf,
  propose,
  textOf,
  typesTo,
} from "./laws/replication-member.ts";

/** Raft §7: where a log no longer reaches back, a snapshot stands for what was there. */
const test = suite("raft: snapshots");

const BASE = 9;

/** A leader whose log begins after BASE; 2 has answered once, 3 never. */
function compacted(): LawMember {
  const leader = leaderWith({ base: BASE, voters: [1, 2, 3] });
  leader.hear(2, { type: "heartbeat-resp" });
  leader.run();
  return leader;
}

/** 2 says that its log ends before BASE. */
function fallBehind(leader: LawMember, end = 0): Message[] {
  const { next } = progressOf(leader, 2);
  const hint = { rejectHint: index(end), logTerm: term(end === 0 ? 0 : 1) };
  leader.hear(2, { type: "app-resp", index: index(next - 1), reject: true, ...hint });
  return leader.run();
}

/** A snapshot is on its way to 2. */
function sending(): LawMember {
  const leader = compacted();
  fallBehind(leader);
  assert.is(progressOf(leader, 2).state, "snapshot");
  return leader;
}

const viewOf = (leader: LawMember) => {
  const { state, match, next, pendingSnapshot, isPaused } = progressOf(leader, 2).view();
  return { state, match, next, pendingSnapshot, isPaused };
};

const WAITS = { state: "snapshot", match: 0, next: 10, pendingSnapshot: BASE, isPaused: true };

// Sending.

test("a member that lacks what the log no longer has gets a snapshot instead", () => {
  for (const end of [0, 1, BASE - 1]) {
    const leader = compacted();
    const [sent, ...more] = fallBehind(leader, end);
    assert.equal(more, []);
    assert.equal([sent?.type, sent?.to, sent?.term], ["snap", 2, 2]);
    assert.equal(sent?.snapshot, leader.disk.snapshot);
    assert.equal(viewOf(leader), WAITS);
  }
});

test("a member whose log ends where the snapshot does gets entries", () => {
  const leader = leaderWith({ base: BASE, log: [1, 1] });
  const rest = { after: BASE, terms: [1, 1, 2], commit: BASE };
  assert.equal(appendsTo(fallBehind(leader, BASE), 2), [rest]);
});

test("a member that is silent gets no snapshot until it is heard of", () => {
  const leader = leaderWith({ base: BASE, options: { checkQuorum: true } });
  leader.hear(3, { type: "heartbeat-resp" });
  // At the end of an election time-out who was silent counts as gone.
  leader.tick(10);
  leader.run();
  const progress = progressOf(leader, 2);
  progress.becomeProbe();
  progress.next = index(1);
  assert.not(progress.isRecentActive);
  assert.equal(typesTo(propose(leader, "x"), 2), []);
  assert.equal(typesTo(beat(leader, 2), 2), ["heartbeat", "snap"]);
});

test("where the storage has no snapshot yet, it is asked again at the next answer", () => {
  const { disk, id } = memberWith({ base: BASE, voters: [1, 2] });
  const store = createMemoryLogStore({ disk });
  let isReady = false;
  const storage: Storage = {
    initialState: () => store.initialState(),
    firstIndex: () => store.firstIndex(),
    lastIndex: () => store.lastIndex(),
    term: (at) => store.term(at),
    entries: (low, high, maxBytes) => store.entries(low, high, maxBytes),
    snapshot: () => (isReady ? store.snapshot() : err("temporarily-unavailable")),
  };
  const node = new RawNode({ ...LIMITS, id, storage, applied: index(BASE) });
  const run = (): string[] => {
    const ready = node.ready();
    disk.begin(ready);
    disk.sync();
    node.advance(ready);
    return ready.messages.map(({ type }) => type);
  };
  const hear = (type: MessageType, fields: Partial<Message> = {}) =>
    node.step(message({ type, from: nodeId(2), to: id, term: term(2), ...fields }));
  node.campaign();
  run();
  hear("vote-resp");
  run();
  hear("app-resp", { index: index(BASE), reject: true });
  assert.equal(run(), []);
  assert.is(node.status().progress.get(nodeId(2))?.state, "probe");
  // Known to have something, but not enough.
  hear("app-resp", { index: index(3) });
  assert.equal(run(), []);
  hear("heartbeat-resp");
  assert.not(node.hasReady());
  isReady = true;
  hear("heartbeat-resp");
  assert.equal(run(), ["snap"]);
});

test("a member that gets a snapshot gets nothing else meanwhile, and the snapshot once", () => {
  const leader = sending();
  for (let i = 0; i < 3; i++) {
    assert.equal(typesTo(propose(leader, "x"), 2), []);
    assert.equal(typesTo(beat(leader, 2), 2), ["heartbeat"]);
    assert.equal(fallBehind(leader), []);
    assert.equal(viewOf(leader), WAITS);
  }
});

// What becomes of one that was sent.

test("a snapshot that failed is sent again once the member is heard of", () => {
  const leader = sending();
  leader.node.reportSnapshot(nodeId(2), false);
  assert.equal(leader.run(), []);
  assert.equal(viewOf(leader), {
    state: "probe",
    match: 0,
    next: 1,
    pendingSnapshot: 0,
    isPaused: true,
  });
  assert.equal(typesTo(propose(leader, "x"), 2), []);
  assert.equal(typesTo(beat(leader, 2), 2), ["heartbeat", "snap"]);
  assert.equal(viewOf(leader), WAITS);
});

test("after a snapshot that arrived, entries follow once the member is heard of", () => {
  const leader = sending();
  leader.node.reportSnapshot(nodeId(2), true);
  assert.equal(leader.run(), []);
  assert.equal(viewOf(leader), {
    state: "probe",
    match: 0,
    next: BASE + 1,
    pendingSnapshot: 0,
    isPaused: true,
  });
  assert.equal(typesTo(propose(leader, "x"), 2), []);
  // Nothing but an answer proves that it was installed: so it is a probe that goes out.
  const probe = { after: BASE, terms: [2, 2], commit: BASE };
  assert.equal(appendsTo(beat(leader, 2), 2), [probe]);
  assert.is(progressOf(leader, 2).state, "probe");
  ack(leader, 2, leader.lastIndex);
  assert.is(progressOf(leader, 2).state, "replicate");
});

/** Entries that the others have come after the one that was sent. */
function sendingMeanwhile(): LawMember {
  const leader = sending();
  follow(leader, 3);
  propose(leader, "a", "b");
  follow(leader, 3);
  return leader;
}

test("a member that has what the log follows goes on with entries, however it got there", () => {
  for (const upTo of [BASE, BASE + 1, BASE + 3]) {
    const leader = sendingMeanwhile();
    const sent = appendsTo(ack(leader, 2, upTo), 2);
    assert.is(sent[0]?.after, upTo);
    const known = { state: "replicate", match: upTo, next: BASE + 4, pendingSnapshot: 0 };
    assert.equal(viewOf(leader), { ...known, isPaused: false });
  }
});

test("a member that has the snapshot, with no log left after it, gets another one", () => {
  const leader = sendingMeanwhile();
  leader.compact();
  assert.equal(ack(leader, 2, BASE + 2), []);
  assert.equal(viewOf(leader), { ...WAITS, match: BASE + 2, next: BASE + 3 });
  leader.node.reportSnapshot(nodeId(2), true);
  const [, again] = beat(leader, 2).filter(({ to }) => to === 2);
  assert.equal([again?.type, again?.snapshot?.index], ["snap", BASE + 3]);
});

test("a report on a snapshot that is not under way changes nothing", () => {
  for (const isInstalled of [false, true]) {
    const leader = compacted();
    follow(leader, 2);
    const before = progressOf(leader, 2).view();
    leader.node.reportSnapshot(nodeId(2), isInstalled);
    assert.equal(progressOf(leader, 2).view(), before);
    assert.not(leader.node.hasReady());
  }
});

// Installing.

const FOUR = confState({ voters: [1, 2, 3], learners: [4] });

/** A leader of term 5 sends this. */
function hearSnapshot(
  one: LawMember,
  at: number,
  inTerm: number,
  conf: ConfState = FOUR,
): Message[] {
  const snapshot = snapshotOf(conf, at, inTerm);
  one.hear(2, { type: "snap", term: term(5), snapshot });
  return one.run();
}

test("a member that is behind has what the snapshot has, and nothing else", () => {
  const one = memberWith({ log: [1, 2, 2], commit: 1 });
  const [answer, ...more] = hearSnapshot(one, 11, 4);
  assert.equal(more, []);
  assert.equal(
    [answer?.type, answer?.to, answer?.index, answer?.reject],
    ["app-resp", 2, 11, false],
  );
  assert.equal(one.confState, FOUR);
  const { hardState, applied, lastIndex } = one.node.basicStatus();
  assert.equal([hardState.term, hardState.commit, applied, lastIndex], [5, 11, 11, 11]);
  assert.equal([one.disk.snapshot.index, one.disk.snapshot.term], [11, 4]);
  assert.equal(logOf(one), []);
  assert.is(one.leader, 2);
  // Again, it is an old one.
  assert.equal(
    hearSnapshot(one, 11, 4).map((m) => m.index),
    [11],
  );
});

test("the snapshot is durable before it is acknowledged, applied before what follows", () => {
  const one = memberWith();
  one.hear(2, { type: "snap", term: term(5), snapshot: snapshotOf(FOUR, 11, 4) });
  const follows = { type: "app", index: index(11), logTerm: term(4), commit: index(12) } as const;
  one.hear(2, { ...follows, term: term(5), entries: entriesFrom(12, [5]) });
  const ready = one.node.ready();
  assert.is(ready.snapshot?.index, 11);
  assert.ok(ready.mustSync);
  assert.equal(ready.hardState?.commit, 12);
  assert.equal(ready.committedEntries, []);
  one.disk.begin(ready);
  one.disk.sync();
  one.node.advance(ready);
  assert.equal(one.runOnce().committedEntries, entriesFrom(12, [5]));
});

const IGNORED: readonly (readonly [
  what: string,
  at: number,
  inTerm: number,
  conf: ConfState,
  commit: number,
])[] = [
  ["of what is committed here", 2, 2, FOUR, 2],
  ["from before what is committed here", 1, 1, FOUR, 2],
  ["of what is in the log, which is committed then", 3, 2, FOUR, 3],
  ["that knows no such member", 11, 4, confState({ voters: [2, 3] }), 2],
];

for (const [what, at, inTerm, conf, commit] of IGNORED) {
  test(`a member keeps its log at a snapshot ${what}`, () => {
    const one = memberWith({ log: [1, 2, 2, 2], commit: 2 });
    const before = one.confState;
    const [answer] = hearSnapshot(one, at, inTerm, conf);
    assert.is(answer?.index, commit);
    assert.not(answer?.reject);
    assert.equal(logOf(one), [1, 2, 2, 2]);
    assert.is(one.commit, commit);
    assert.equal(one.confState, before);
  });
}

test("a member that has a later snapshot does not go back to an earlier one", () => {
  for (const at of [5, BASE]) {
    const one = memberWith({ base: BASE });
    assert.equal(
      hearSnapshot(one, at, 1).map((m) => m.index),
      [BASE],
    );
    assert.equal([one.commit, one.lastIndex, one.disk.snapshot.index], [BASE, BASE, BASE]);
    assert.equal(one.confState.learners, []);
  }
});

test("entries that another leader left give way, where the snapshot ends among them", () => {
  const one = memberWith({ log: [1, 2, 2, 2], commit: 1 });
  hearSnapshot(one, 3, 4);
  assert.equal(logOf(one), []);
  assert.equal([one.commit, one.lastIndex], [3, 3]);
});

test("a leader installs none", () => {
  const leader = leaderWith({ log: [1] });
  const own = term(leader.term);
  leader.hear(2, { type: "snap", term: own, snapshot: snapshotOf(FOUR, 11, 2) });
  assert.not(leader.node.hasReady());
  assert.is(leader.lastIndex, 2);
});

test("a candidate that hears of a snapshot follows who sent it", () => {
  const one = memberWith({ log: [1], term: 4 });
  one.node.campaign();
  one.run();
  assert.is(one.state, "candidate");
  hearSnapshot(one, 11, 4);
  assert.equal([one.state, one.leader, one.lastIndex], ["follower", 2, 11]);
});

// A whole group.

test("a member that was away comes back by a snapshot and what follows it", () => {
  const room = roomOf([1, 2, 3]);
  const leader = room.elect(1);
  room.cut(3);
  for (let i = 0; i < 10; i++) {
    leader.propose(`${i}`);
    room.settle();
  }
  leader.compact();
  room.heal();
  const before = room.sent.length;
  leader.propose("last");
  room.settle();
  room.tick(1, 2);
  const sent = room.sent.slice(before).filter(({ to }) => to === 3);
  assert.is(sent.filter(({ type }) => type === "snap").length, 1);
  const three = room.get(3);
  assert.equal([three.commit, three.lastIndex], [leader.commit, leader.lastIndex]);
  assert.is(three.disk.snapshot.index, START + 11);
  assert.equal(textOf(three.applied.slice(-1)), ["last"]);
  assert.is(progressOf(leader, 3).state, "replicate");
});

test.run();
