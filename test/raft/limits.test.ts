import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RaftConfig } from "../../src/raft/config.ts";
import { entryBytes, limitSize } from "../../src/raft/log.ts";
import { APPEND_THREAD } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import type { Storage } from "../../src/raft/storage.ts";
import type { Entry } from "../../src/raft/types.ts";
import { index, NONE, nodeId, term } from "../../src/std/ids.ts";
import { ok } from "../../src/std/result.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import { type LawMember, roomOf, START } from "./laws/members-room.ts";
import {
  ack,
  append,
  entry,
  follow,
  LIMITS,
  leaderWith,
  memberWith,
  payload,
  propose,
} from "./laws/replication-member.ts";

/** What fits into one message, one Ready, one log; and values with which no group could work. */
const test = suite("raft: limits");

const WORKABLE: RaftConfig = {
  id: nodeId(1),
  electionTicks: 10,
  heartbeatTicks: 1,
  storage: createMemoryLogStore(),
  maxSizePerMsg: 1000,
  maxInflightMsgs: 8,
  randomInt: () => 0,
};

const REFUSED: readonly (readonly [Partial<RaftConfig>, RegExp])[] = [
  [{ id: NONE }, /an id of its own/],
  [{ id: APPEND_THREAD }, /an id of its own/],
  [{ heartbeatTicks: 0 }, /some time apart/],
  [{ electionTicks: 1 }, /several heartbeats/],
  [{ electionTicks: 3, heartbeatTicks: 4 }, /several heartbeats/],
  [{ maxInflightMsgs: 0 }, /one append at least/],
  [{ maxSizePerMsg: 0, maxInflightBytes: 0 }, /some bytes/],
  [{ maxInflightBytes: 999 }, /one append of full size/],
  [{ maxSizePerMsg: Number.POSITIVE_INFINITY, maxInflightBytes: 1e9 }, /one append of full size/],
  [{ readOnlyOption: "lease-based" }, /that a quorum gives/],
  [{ readOnlyOption: "lease-based", checkQuorum: false }, /that a quorum gives/],
];

for (const [values, law] of REFUSED) {
  const said = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  test(`no member is made with ${said.join(", ")}`, () => {
    assert.throws(() => new RawNode({ ...WORKABLE, ...values }), law);
  });
}

test("a member is made with limits that just work, or with none", () => {
  const fits: readonly Partial<RaftConfig>[] = [
    {},
    { electionTicks: 2 },
    { maxInflightMsgs: 1 },
    { maxInflightBytes: 1000 },
    { maxSizePerMsg: 0, maxInflightBytes: 1 },
    { maxSizePerMsg: Number.POSITIVE_INFINITY },
    { readOnlyOption: "lease-based", checkQuorum: true },
  ];
  for (const values of fits) assert.ok(new RawNode({ ...WORKABLE, ...values }));
});

// What a limit counts.

const bytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, one) => sum + entryBytes(one), 0);
const indexesOf = (entries: readonly Entry[]): number[] => entries.map((one) => one.index);
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

test("the longest beginning that fits, and always one entry, is within a limit", () => {
  const three = [10, 0, 20].map((size, i) => entry(i + 1, 1, size));
  const all = bytesOf(three);
  const two = bytesOf(three.slice(0, 2));
  assert.is(entryBytes(entry(1, 1)), 12);
  for (const [maxBytes, count] of [
    [Number.POSITIVE_INFINITY, 3],
    [all, 3],
    [all - 1, 2],
    [two, 2],
    [two - 1, 1],
    [1, 1],
    [0, 1],
  ] as const) {
    assert.equal(indexesOf(limitSize(three, maxBytes)), upTo(count), `${maxBytes}`);
  }
  assert.equal(limitSize([], 0), []);
});

// Appends.

const HALF = 1000;
const FULL = 2 * HALF + 24;

test("an append holds as much as fits, however much a member lacks", () => {
  const room = roomOf([1, 2, 3], { maxSizePerMsg: FULL });
  const leader = room.elect(1);
  room.cut(3);
  for (let i = 0; i < 21; i++) {
    propose(leader, HALF);
    room.settle();
  }
  room.heal();
  const before = room.sent.length;
  room.tick(1, 3);
  assert.is(room.get(3).lastIndex, leader.lastIndex);
  const sizes = room.sent.slice(before).filter(({ type, to }) => type === "app" && to === 3);
  const counts = sizes.map(({ entries }) => entries.length).filter((count) => count > 0);
  assert.equal(counts, [...Array(10).fill(2), 1]);
});

for (const size of [0, 1, HALF]) {
  test(`without room for two, entries of ${size} bytes go one at a time, from disk or not`, () => {
    const options = { maxSizePerMsg: 0 };
    const leader = leaderWith({ voters: [1, 2], log: [], options });
    leader.node.propose([payload(size), payload(size)]);
    const sent = [...leader.run(), ...ack(leader, 2, 1)];
    // The pipeline opens on what is written by then.
    const counts = sent.filter(({ type }) => type === "app").map(({ entries }) => entries.length);
    assert.equal(counts, [1, 1]);
  });
}

test("one that is larger than the limit goes alone", () => {
  const leader = leaderWith({ voters: [1, 2], options: { maxSizePerMsg: FULL } });
  propose(leader, HALF, 5 * HALF, HALF, HALF, HALF);
  const sent = ack(leader, 2, 1).map(({ entries }) => indexesOf(entries));
  assert.equal(sent, [[2], [3], [4, 5], [6]]);
});

// What is handed out to be applied.

/** Hands out one Ready after the other; what each held to be applied. */
function pagesOf(one: LawMember): number[][] {
  const pages: number[][] = [];
  while (one.node.hasReady()) pages.push(indexesOf(one.runOnce().committedEntries));
  return pages.filter((page) => page.length > 0);
}

for (const [what, options] of [
  ["its own limit", { maxCommittedSizePerReady: FULL }],
  ["that of appends where it has none", { maxSizePerMsg: FULL }],
] as const) {
  test(`a Ready holds committed entries within ${what}, all of them in order`, () => {
    const one = memberWith({ options });
    const entries = upTo(7).map((at) => entry(at, 1, at === 4 ? 3 * HALF : HALF));
    one.node.step({ ...append(one.id, 1, { after: 0, afterTerm: 0, commit: 7 }), entries });
    assert.equal(pagesOf(one), [[1, 2], [3], [4], [5, 6], [7]]);
    assert.equal(indexesOf(one.applied), upTo(7));
    assert.not(one.node.hasReady());
  });
}

/** A disk's entries, as a storage might give them. */
type Reading = (found: readonly Entry[], maxBytes: number) => readonly Entry[];
const READINGS: readonly (readonly [what: string, Reading])[] = [
  ["gives what was asked for", limitSize],
  ["gives all, whatever was asked for", (found) => found],
  ["gives one at a time", (found) => found.slice(0, 1)],
];

for (const [what, reading] of READINGS) {
  for (const maxSizePerMsg of [0, FULL, 5 * HALF, Number.POSITIVE_INFINITY]) {
    test(`restarted, each is applied once, ${maxSizePerMsg} bytes, a disk that ${what}`, () => {
      const { disk, id } = memberWith({ voters: [1] });
      const entries = upTo(10).map((at) => entry(at, 1, at % 3 === 0 ? 2 * HALF : HALF));
      const hardState = { term: term(1), vote: NONE, commit: index(8) };
      disk.begin({ entries, hardState });
      disk.sync();
      const store = createMemoryLogStore({ disk });
      const storage: Storage = {
        initialState: () => store.initialState(),
        firstIndex: () => store.firstIndex(),
        lastIndex: () => store.lastIndex(),
        term: (at) => store.term(at),
        snapshot: () => store.snapshot(),
        entries: (low, high, maxBytes) => {
          const found = store.entries(low, high, Number.POSITIVE_INFINITY);
          return found.ok ? ok(reading(found.value, maxBytes)) : found;
        },
      };
      const node = new RawNode({ ...LIMITS, id, storage, maxSizePerMsg });
      const pages: (readonly Entry[])[] = [];
      const runAll = (): void => {
        while (node.hasReady()) {
          const ready = node.ready();
          disk.begin(ready);
          disk.sync();
          pages.push(ready.committedEntries);
          node.advance(ready);
        }
      };
      runAll();
      assert.equal(indexesOf(pages.flat()), upTo(8));
      // What was not known to be committed follows, when it is.
      node.campaign();
      runAll();
      assert.equal(indexesOf(pages.flat()), upTo(11));
      for (const page of pages) assert.ok(page.length <= 1 || bytesOf(page) <= maxSizePerMsg);
    });
  }
}

// What is not committed yet.

test("a leader that commits nothing takes proposals to its limit, and more as it commits", () => {
  const options = { maxUncommittedEntriesSize: 10 * HALF };
  const leader = leaderWith({ options });
  follow(leader, 2, 3);
  for (let i = 0; i < 10; i++) assert.ok(leader.node.propose([payload(HALF)]).ok, `${i}`);
  const refused = { ok: false, error: "proposal-dropped" };
  assert.equal(leader.node.propose([payload(1)]), refused);
  // Nor does it from others, nor in part.
  const entries = [entry(0, 0), entry(0, 0, 1)];
  assert.equal(leader.hear(2, { type: "prop", term: term(0), entries }), refused);
  assert.ok(leader.node.propose([payload(0)]).ok);
  leader.run();
  assert.is(leader.lastIndex, 12);

  // It counts until it is applied.
  ack(leader, 2, 4);
  assert.is(leader.commit, 4);
  for (let i = 0; i < 3; i++) assert.ok(leader.node.propose([payload(HALF)]).ok, `${i}`);
  assert.equal(leader.node.propose([payload(1)]), refused);
});

test("a proposal larger than the limit is taken where nothing else waits", () => {
  const leader = leaderWith({ options: { maxUncommittedEntriesSize: HALF } });
  follow(leader, 2);
  assert.ok(leader.node.propose([payload(HALF), payload(HALF)]).ok);
  assert.not(leader.node.propose([payload(1)]).ok);
  leader.run();
  ack(leader, 2, 3);
  assert.ok(leader.node.propose([payload(3 * HALF)]).ok);
});

test("entries without a payload count for nothing", () => {
  const leader = leaderWith({ options: { maxUncommittedEntriesSize: 1 } });
  for (let i = 0; i < 100; i++) assert.ok(leader.node.propose([payload(0)]).ok);
  assert.ok(leader.node.propose([payload(1)]).ok);
  assert.not(leader.node.propose([payload(1)]).ok);
  assert.ok(leader.node.propose([payload(0)]).ok);
});

test("what an earlier leader left counts for nothing against the next one's proposals", () => {
  const limit = { maxUncommittedEntriesSize: HALF };
  const room = roomOf([1, 2, 3], limit);
  const one = room.elect(1);
  room.cut(1);
  propose(one, HALF);
  room.heal();
  const two = room.elect(2);
  assert.ok(two.node.propose([payload(HALF)]).ok);
  room.settle();
  assert.ok(two.node.propose([payload(HALF)]).ok);
});

test("a leader that is cut off stops growing, and goes on when it is back", () => {
  const room = roomOf([1, 2, 3], { maxUncommittedEntriesSize: 16 * HALF });
  const leader = room.elect(1);
  room.cut(1);
  for (let i = 0; i < 1000; i++) {
    leader.node.propose([payload(HALF)]);
    room.settle();
  }
  assert.is(leader.lastIndex, START + 1 + 16);
  room.heal();
  room.tick(1, 3);
  assert.is(leader.commit, leader.lastIndex);
  assert.equal(
    room.members.map(({ applied }) => applied.length),
    [17, 17, 17],
  );
  assert.ok(leader.node.propose([payload(HALF)]).ok);
});

test.run();
