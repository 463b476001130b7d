import { suite } from "uvu";
import * as assert from "uvu/assert";
import { index, nodeId } from "../../src/std/ids.ts";
import type { LawMember } from "./laws/members-room.ts";
import {
  type Append,
  ack,
  appendsTo,
  beat,
  follow,
  leaderWith,
  progressOf,
  propose,
  typesTo,
} from "./laws/replication-member.ts";

/** How much is on its way to a member, and when a leader tells it what is committed. */
const test = suite("raft: flow control");

const KB = 1000;

/** How many entries each append holds. */
const sizes = (appends: readonly Append[]): number[] => appends.map(({ terms }) => terms.length);

/** A leader whose first entry 2 has, and 3 has not. */
function pipelining(options: Parameters<typeof leaderWith>[0] = {}): LawMember {
  const leader = leaderWith(options);
  follow(leader, 2);
  assert.is(progressOf(leader, 2).state, "replicate");
  assert.is(progressOf(leader, 3).state, "probe");
  return leader;
}

// Probed members.

test("a member that is probed gets one append, however much is proposed", () => {
  const leader = leaderWith();
  // It had one when the leader was elected.
  assert.ok(progressOf(leader, 2).isPaused);
  for (let i = 0; i < 3; i++) assert.equal(propose(leader, "x"), []);
  for (let beats = 0; beats < 3; beats++) {
    assert.equal(sizes(appendsTo(beat(leader), 2)), []);
    assert.equal(sizes(appendsTo(beat(leader, 2), 2)), [4]);
    assert.ok(progressOf(leader, 2).isPaused);
    assert.is(progressOf(leader, 2).next, 1);
  }
});

test("a probed member that lacks nothing is probed once for each answer to a heartbeat", () => {
  const leader = pipelining();
  leader.node.reportUnreachable(nodeId(2));
  for (let beats = 0; beats < 2; beats++) {
    assert.equal(appendsTo(beat(leader, 2), 2), [{ after: 1, terms: [], commit: 1 }]);
  }
  ack(leader, 2, 1);
  assert.is(progressOf(leader, 2).state, "replicate");
});

test("the answer of one member does not let the others go on", () => {
  const leader = leaderWith({ voters: [1, 2, 3, 4, 5] });
  assert.equal(propose(leader, "a", "b"), []);
  const first = ack(leader, 2, 1);
  assert.equal(sizes(appendsTo(first, 2)), [2]);
  for (const id of [3, 4, 5]) assert.equal(typesTo(first, id), [], `${id}`);
  // The second answer commits it, of which the third member hears only by its own answer.
  const second = ack(leader, 4, 1);
  assert.is(leader.commit, 1);
  assert.equal(typesTo(second, 3), []);
  assert.equal(appendsTo(ack(leader, 3, 1), 3), [{ after: 1, terms: [1, 1], commit: 1 }]);
});

// The pipeline.

test("in the pipeline each proposal leaves at once, answered or not", () => {
  const leader = pipelining();
  for (let i = 0; i < 5; i++) {
    const after = 1 + i;
    assert.equal(appendsTo(propose(leader, "x"), 2), [{ after, terms: [1], commit: 1 }]);
  }
  assert.is(progressOf(leader, 2).match, 1);
  assert.is(progressOf(leader, 2).inflights.count, 5);
});

test("a pipeline opens with as many full appends as fit, and one more for each answer", () => {
  const options = { maxInflightMsgs: 3, maxSizePerMsg: 2048 };
  const leader = leaderWith({ voters: [1, 2], options });
  for (let i = 0; i < 10; i++) assert.equal(propose(leader, KB), []);
  // Two of a kilobyte and what an entry costs go into one append.
  assert.equal(sizes(appendsTo(ack(leader, 2, 1), 2)), [2, 2, 2]);
  assert.equal(sizes(appendsTo(propose(leader, KB), 2)), []);
  assert.equal(sizes(appendsTo(ack(leader, 2, 3), 2).filter(holds)), [2]);
  assert.equal(sizes(appendsTo(ack(leader, 2, 7), 2).filter(holds)), [2, 1]);
});

const holds = ({ terms }: Append): boolean => terms.length > 0;

for (const [maxInflightBytes, appends] of [
  [2048, 2],
  [2030, 2],
  [4040, 2],
  [4060, 3],
] as const) {
  test(`where ${maxInflightBytes} bytes may be under way, ${appends} of 2024 fill them`, () => {
    const options = { maxInflightMsgs: 100, maxSizePerMsg: 2030, maxInflightBytes };
    const leader = leaderWith({ voters: [1, 2], options });
    for (let i = 0; i < 10; i++) propose(leader, KB);
    assert.equal(sizes(appendsTo(ack(leader, 2, 1), 2)), Array(appends).fill(2));
    assert.ok(progressOf(leader, 2).isPaused);
    assert.equal(sizes(appendsTo(ack(leader, 2, 3), 2).filter(holds)), [2]);
  });
}

const FEW = 4;

/** Its pipeline to 2 is full: entries 2 to 5 are under way, one in each append. */
function full(): LawMember {
  const leader = pipelining({ options: { maxInflightMsgs: FEW } });
  for (let i = 0; i < FEW; i++) {
    assert.not(progressOf(leader, 2).isPaused);
    assert.equal(sizes(appendsTo(propose(leader, "x"), 2)), [1]);
  }
  return leader;
}

test("a full pipeline takes nothing more", () => {
  const leader = full();
  for (let i = 0; i < 3; i++) {
    assert.ok(progressOf(leader, 2).isPaused);
    assert.equal(typesTo(propose(leader, "x"), 2), []);
  }
});

test("an answer makes room for what it acknowledges; an old one makes none", () => {
  const leader = full();
  propose(leader, "x", "x", "x");
  for (const [upTo, waiting] of [
    [2, 3],
    [3, 1],
    [5, 1],
  ] as const) {
    // All that waits goes in one append, as far as that may be.
    assert.equal(sizes(appendsTo(ack(leader, 2, upTo), 2).filter(holds)), [waiting]);
    for (let old = 0; old <= upTo; old++) assert.equal(ack(leader, 2, old), [], `${old}`);
    assert.is(progressOf(leader, 2).isPaused, upTo < 5);
    assert.equal(sizes(appendsTo(propose(leader, "y"), 2)), upTo < 5 ? [] : [1]);
  }
});

test("a heartbeat's answer opens a full pipeline for one append without entries", () => {
  const leader = full();
  propose(leader, "y");
  for (let beats = 0; beats < 3; beats++) {
    assert.equal(appendsTo(beat(leader), 2), []);
    // If what is under way is lost, the answer to this one says so.
    assert.equal(appendsTo(beat(leader, 2), 2), [{ after: 5, terms: [], commit: 1 }]);
    assert.ok(progressOf(leader, 2).isPaused);
    assert.equal(typesTo(propose(leader, "y"), 2), []);
  }
  const refusal = { type: "app-resp", index: index(5), reject: true } as const;
  leader.hear(2, {
    ...refusal,
    rejectHint: index(1),
    logTerm: leader.node.basicStatus().hardState.term,
  });
  assert.equal(appendsTo(leader.run(), 2), [{ after: 1, terms: Array(8).fill(1), commit: 1 }]);
});

test("an answer opens a full pipeline for as much as there is", () => {
  const leader = full();
  propose(leader, "y");
  beat(leader, 2);
  assert.equal(appendsTo(ack(leader, 2, 2), 2).filter(holds), [
    { after: 5, terms: [1], commit: 2 },
  ]);
});

// What interrupts it.

test("a member that cannot be reached is probed from what is known of it", () => {
  const leader = pipelining();
  propose(leader, "a", "b");
  assert.is(progressOf(leader, 2).next, 4);
  leader.node.reportUnreachable(nodeId(2));
  assert.equal(leader.run(), []);
  const { state, match, next, inflights } = progressOf(leader, 2).view();
  assert.equal([state, match, next, inflights.count], ["probe", 1, 2, 0]);
  // One append goes out, and no more.
  assert.equal(sizes(appendsTo(propose(leader, "c"), 2)), [3]);
  assert.equal(sizes(appendsTo(propose(leader, "d"), 2)), []);
});

test("an old acknowledgement does not end a probe, one of all that is known does", () => {
  const leader = pipelining();
  propose(leader, "a");
  ack(leader, 2, 2);
  leader.node.reportUnreachable(nodeId(2));
  for (const old of [0, 1]) {
    assert.equal(ack(leader, 2, old), []);
    assert.is(progressOf(leader, 2).state, "probe");
  }
  ack(leader, 2, 2);
  assert.is(progressOf(leader, 2).state, "replicate");
});

test("that a member cannot be reached changes nothing while probed or sent a snapshot", () => {
  for (const state of ["probe", "snapshot"] as const) {
    const leader = leaderWith({ base: 9 });
    const progress = progressOf(leader, 2);
    if (state === "snapshot") progress.becomeSnapshot(index(9));
    const before = progress.view();
    leader.node.reportUnreachable(nodeId(2));
    assert.equal(progressOf(leader, 2).view(), before);
    assert.is(before.state, state);
  }
});

test("a member that gets a snapshot gets nothing else", () => {
  const leader = leaderWith({ base: 9 });
  progressOf(leader, 2).becomeSnapshot(index(9));
  for (let i = 0; i < 3; i++) {
    assert.equal(typesTo(propose(leader, "x"), 2), []);
    assert.equal(typesTo(beat(leader, 2), 2), ["heartbeat"]);
  }
});

test("a member whose pipeline is full keeps nobody else waiting", () => {
  const leader = full();
  follow(leader, 3);
  assert.equal(typesTo(propose(leader, "x"), 2), []);
  assert.equal(sizes(appendsTo(propose(leader, "x"), 3)), [1]);
});

// When a member is told what is committed.

test("a commit is told at once where that leaves room, and only once", () => {
  const leader = pipelining();
  ack(leader, 3, 1);
  propose(leader, "a");
  const sent = ack(leader, 3, 2);
  const news = { after: 2, terms: [], commit: 2 };
  assert.equal([appendsTo(sent, 2), appendsTo(sent, 3)], [[news], [news]]);
  assert.equal(ack(leader, 2, 2), []);
});

test("a commit that was told before a heartbeat that tells less is told again after it", () => {
  for (const isBeaten of [false, true]) {
    const leader = pipelining();
    ack(leader, 3, 1);
    propose(leader, "a", "b");
    // The news for 2 may be lost: it goes out after what 2 has not acknowledged.
    assert.equal(appendsTo(ack(leader, 3, 3), 2), [{ after: 3, terms: [], commit: 3 }]);
    if (isBeaten) beat(leader);
    const again = isBeaten ? [{ after: 3, terms: [], commit: 3 }] : [];
    assert.equal(appendsTo(ack(leader, 2, 3), 2), again, `${isBeaten}`);
  }
});

test("what a heartbeat told is not told again by an append", () => {
  for (const isBeaten of [false, true]) {
    const leader = leaderWith({ voters: [1, 2, 3, 4, 5], options: { maxInflightMsgs: 1 } });
    follow(leader, 2, 3, 4, 5);
    propose(leader, "a");
    ack(leader, 3, 2);
    assert.equal(sizes(appendsTo(propose(leader, "b"), 3)), [1]);
    // 3 has it, but its pipeline is full when it is committed.
    assert.equal(appendsTo(ack(leader, 2, 2), 3), []);
    assert.is(leader.commit, 2);
    if (isBeaten) beat(leader);
    const news = isBeaten ? [] : [{ after: 3, terms: [], commit: 2 }];
    assert.equal(appendsTo(ack(leader, 3, 3), 3), news, `${isBeaten}`);
  }
});

/** One append with entries 2 to 4 fills the pipeline to 2; 3 has all of it. */
function fullOfOne(): LawMember {
  const leader = pipelining({ options: { maxInflightMsgs: 1 } });
  ack(leader, 3, 1);
  assert.equal(sizes(appendsTo(propose(leader, "a", "b", "c"), 2)), [3]);
  assert.equal(appendsTo(ack(leader, 3, 4), 2), []);
  assert.is(leader.commit, 4);
  return leader;
}

test("an acknowledgement that leaves the pipeline full lets news of the commit through", () => {
  const leader = fullOfOne();
  propose(leader, "d");
  // It had 2 and 3 from elsewhere: the append under way ends later.
  assert.equal(appendsTo(ack(leader, 2, 3), 2), [{ after: 4, terms: [], commit: 4 }]);
  assert.ok(progressOf(leader, 2).isPaused);
  assert.equal(typesTo(propose(leader, "e"), 2), []);
});

test("an acknowledgement that leaves the pipeline full, without news, is not answered", () => {
  const leader = fullOfOne();
  ack(leader, 2, 2);
  assert.equal(ack(leader, 2, 3), []);
  assert.ok(progressOf(leader, 2).inflights.isFull);
});

test.run();
