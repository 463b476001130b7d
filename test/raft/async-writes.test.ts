import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/raft/message.ts";
import type { Entry } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { confState, snapshotOf } from "./laws/members-room.ts";
import { AsyncGroup, AsyncMember } from "./laws/replication-async.ts";
import { append, entriesFrom, entry, payload, type Setup } from "./laws/replication-member.ts";

/** Thesis §10.2.1: writing goes on beside everything else, and whatever crashes, promises hold. */
const test = suite("raft: asynchronous writes");

const brief = (sent: readonly Message[]) =>
  sent.map(({ type, to, index: at, reject }) => [type, to, at, reject]);

const voteRequest = (from: number, inTerm: number): Partial<Message> & Pick<Message, "type"> => ({
  type: "vote",
  from: nodeId(from),
  term: term(inTerm),
  index: index(9),
  logTerm: term(1),
});

/** Elected in the next term; its own vote is durable, its first entry is being written. */
function electedWith(setup: Setup = {}): AsyncMember {
  const one = new AsyncMember(setup);
  one.node.campaign();
  one.run();
  for (const voter of one.node.basicStatus().confState.voters) {
    if (voter !== one.id && one.state !== "leader") one.hear(voter, { type: "vote-resp" });
  }
  one.take();
  assert.is(one.state, "leader");
  return one;
}

// Promises.

test("a vote leaves with the write that makes it durable, and not before", () => {
  const one = new AsyncMember({ term: 1 });
  one.hear(3, voteRequest(3, 2));
  assert.equal(one.take(), []);
  assert.is(one.disk.hardState.term, 1);
  assert.equal(brief(one.write()), [["vote-resp", 3, 0, false]]);
  assert.equal(one.disk.hardState, { term: 2, vote: 3, commit: 0 });
});

test("after a crash a vote that was written binds, and one that was not was never cast", () => {
  for (const isWritten of [false, true]) {
    const one = new AsyncMember({ term: 1 });
    one.hear(3, voteRequest(3, 2));
    one.take();
    if (isWritten) one.write();
    one.crash();
    one.hear(2, voteRequest(2, 2));
    assert.equal(brief(one.run()), [["vote-resp", 2, 0, isWritten]]);
    one.hear(3, voteRequest(3, 2));
    assert.equal(brief(one.run()), [["vote-resp", 3, 0, !isWritten]]);
  }
});

test("an acknowledgement leaves with the write of what it acknowledges, and not before", () => {
  const one = new AsyncMember({ term: 1 });
  for (const [after, terms] of [
    [0, [1, 1]],
    [2, [1]],
  ] as const) {
    const afterTerm = after === 0 ? 0 : 1;
    one.node.step(append(one.id, 1, { after, afterTerm, terms }));
    assert.equal(one.take(), []);
  }
  // One that brings nothing new waits for what it stands on all the same.
  one.node.step(append(one.id, 1, { after: 3, afterTerm: 1 }));
  assert.equal(one.take(), []);
  assert.is(one.writes.length, 3);
  assert.equal(brief(one.write()), [["app-resp", 2, 2, false]]);
  one.crash();
  assert.is(one.node.basicStatus().lastIndex, 2);
});

test("a refusal waits too: it tells where the log ends", () => {
  const one = new AsyncMember({ term: 1 });
  one.node.step(append(one.id, 1, { after: 0, afterTerm: 0, terms: [1] }));
  one.node.step(append(one.id, 1, { after: 5, afterTerm: 1 }));
  assert.equal(one.take(), []);
  const answers = [
    ["app-resp", 2, 1, false],
    ["app-resp", 2, 5, true],
  ];
  assert.equal(brief(one.write()), answers);
});

test("a candidate's own vote counts once it is written", () => {
  const one = new AsyncMember({ voters: [1, 2, 3] });
  one.node.campaign();
  assert.equal(
    one.take().map(({ type }) => type),
    ["vote", "vote"],
  );
  one.hear(2, { type: "vote-resp" });
  assert.is(one.state, "candidate");
  one.write();
  assert.is(one.state, "leader");
  // Had it crashed before, it would not have led in that term.
});

test("appends leave before they are written here, and count here once they are", () => {
  const one = electedWith({ voters: [1, 2] });
  one.node.propose([payload("x")]);
  assert.equal(one.take(), []);
  one.hear(2, { type: "app-resp", index: index(1) });
  assert.equal(
    one.take().map(({ type, entries }) => [type, entries.length]),
    [["app", 1]],
  );
  one.hear(2, { type: "app-resp", index: index(2) });
  assert.is(one.commit, 0);
  one.write();
  assert.is(one.commit, 1);
  one.write();
  assert.is(one.commit, 2);
});

test("what others have is committed before it is written here, and applied after that", () => {
  const one = electedWith();
  for (const id of [2, 3]) one.hear(id, { type: "app-resp", index: index(1) });
  assert.is(one.commit, 1);
  one.take();
  assert.equal(one.applies, []);
  assert.is(one.writes.length, 2);
  one.write();
  one.take();
  assert.equal(
    one.applies.map(({ entries }) => entries.length),
    [1],
  );
});

// What is being written.

const handedOut = (one: AsyncMember): number[] => {
  const { entries } = one.takeOne();
  return entries.map(({ index: at }) => at);
};

test("what is being written is not handed out again, unless other entries took its place", () => {
  const one = new AsyncMember({ term: 1 });
  one.node.step(append(one.id, 1, { after: 0, afterTerm: 0, terms: [1, 1, 1] }));
  assert.equal(handedOut(one), [1, 2, 3]);
  one.node.step(append(one.id, 1, { after: 2, afterTerm: 1, terms: [1, 1] }));
  assert.equal(handedOut(one), [4]);
  one.node.step(append(one.id, 2, { after: 1, afterTerm: 1, terms: [2, 2], from: 3 }));
  assert.equal(handedOut(one), [2, 3]);
  while (one.writes.length > 0) one.write();
  assert.equal(one.disk.entries, entriesFrom(1, [1, 2, 2]));
  assert.not(one.node.hasReady());
});

test("a write of what was replaced meanwhile, and came back, makes nothing durable (ABA)", () => {
  const one = new AsyncMember();
  const hear = (inTerm: number, terms: readonly number[], commit = 0): void => {
    one.node.step(append(one.id, inTerm, { after: 0, afterTerm: 0, terms, commit }));
    one.take();
  };
  hear(1, [1, 1]);
  hear(2, [2]);
  hear(3, [1, 1], 2);
  assert.is(one.writes.length, 3);
  // The first write ends where the third one does, but the second one will undo it.
  for (const onDisk of [[1, 1], [2], [1, 1]]) {
    assert.equal(one.take(), []);
    assert.equal(one.applies, []);
    one.write();
    assert.equal(one.disk.entries, entriesFrom(1, onDisk));
  }
  one.take();
  assert.equal(
    one.applies.map(({ entries }) => entries.length),
    [2],
  );
});

test("a leader's acknowledgement to itself says nothing once its term is over", () => {
  const one = electedWith();
  one.node.propose([1, 2, 3].map(payload));
  one.take();
  assert.is(one.writes.length, 2);
  one.node.step(append(one.id, 2, { after: 0, afterTerm: 0, terms: [2] }));
  one.take();
  one.node.campaign();
  one.take();
  for (const id of [2, 3]) one.hear(id, { type: "vote-resp" });
  one.take();
  assert.equal([one.state, one.term, one.node.basicStatus().lastIndex], ["leader", 3, 2]);
  one.hear(2, { type: "app-resp", index: index(2) });
  // What was written up to index 4 in its first term is not what it has now.
  while (one.writes.length > 0) {
    assert.is(one.commit, 0);
    one.write();
  }
  assert.is(one.commit, 2);
  assert.equal(
    one.disk.entries.map((e) => e.term),
    [2, 3],
  );
});

test("a snapshot counts once it is written: after a crash there is all of it, or none", () => {
  for (const isWritten of [false, true]) {
    const one = new AsyncMember({ log: [1, 1], commit: 1 });
    const conf = confState({ voters: [1, 2, 3], learners: [4] });
    one.hear(2, { type: "snap", term: term(2), snapshot: snapshotOf(conf, 9, 2) });
    assert.equal(one.take(), []);
    if (isWritten) assert.equal(brief(one.write()), [["app-resp", 2, 9, false]]);
    one.crash();
    const { applied, lastIndex, confState: known, hardState } = one.node.basicStatus();
    assert.equal(
      [applied, lastIndex, hardState.commit, hardState.term],
      isWritten ? [9, 9, 9, 2] : [0, 2, 1, 1],
    );
    assert.equal(known.learners, isWritten ? [4] : []);
  }
});

// What is being applied.

test("what is handed out to be applied is handed out once, and after a crash again", () => {
  const one = new AsyncMember();
  one.node.step(append(one.id, 1, { after: 0, afterTerm: 0, terms: [1, 1], commit: 2 }));
  one.take();
  one.write();
  one.take();
  one.node.step(append(one.id, 1, { after: 2, afterTerm: 1, terms: [1], commit: 3 }));
  one.run();
  assert.equal(one.applied, entriesFrom(1, [1, 1, 1]));
  assert.is(one.node.basicStatus().applied, 3);
  one.crash();
  assert.is(one.node.basicStatus().applied, 0);
  one.run();
  assert.equal(one.applied, entriesFrom(1, [1, 1, 1]));
});

test("a commit that was not written is learned again after a crash", () => {
  const one = new AsyncMember();
  one.node.step(append(one.id, 1, { after: 0, afterTerm: 0, terms: [1, 1], commit: 0 }));
  one.run();
  one.hear(2, { type: "heartbeat", commit: index(2) });
  one.take();
  one.crash();
  assert.is(one.commit, 0);
  one.hear(2, { type: "heartbeat", commit: index(2) });
  one.run();
  assert.is(one.applied.length, 2);
});

test("what is applied at a time stays within its limit, however many Readies hand it out", () => {
  const three = 3 * (1000 + 12);
  const one = new AsyncMember({ options: { maxCommittedSizePerReady: three } });
  const seven = Array.from({ length: 7 }, (_, i): Entry => entry(i + 1, 1, 1000));
  const goOn = (): void => {
    one.take();
    while (one.writes.length > 0) one.write();
    one.take();
  };
  const underWay = (): number[][] => one.applies.map(({ entries }) => entries.map((e) => e.index));
  one.node.step({ ...append(one.id, 1, { after: 0, afterTerm: 0, commit: 2 }), entries: seven });
  goOn();
  assert.equal(underWay(), [[1, 2]]);
  one.hear(2, { type: "heartbeat", commit: index(7) });
  goOn();
  assert.equal(underWay(), [[1, 2], [3]]);
  one.apply();
  one.take();
  assert.equal(underWay(), [[3], [4, 5]]);
  one.apply();
  one.take();
  assert.equal(underWay(), [[4, 5], [6]]);
  one.run();
  assert.equal(one.applied, seven);
});

// Whole groups.

const PROPOSALS = ["a", "b", "c"];

/** How many things happen, in that order, if nothing crashes. */
function lengthOf(seed: number): number {
  const group = new AsyncGroup(seed, PROPOSALS);
  let steps = 0;
  while (group.step()) steps++;
  group.end();
  return steps;
}

for (const isTorn of [false, true]) {
  const left = isTorn ? "a beginning of what it was writing" : "what was written";
  test(`whenever one crashes, and leaves ${left}, promises are kept and all go on`, () => {
    for (let seed = 1; seed <= 6; seed++) {
      const steps = lengthOf(seed);
      assert.ok(steps > 40, `only ${steps} steps`);
      for (let at = 0; at <= steps; at++) {
        for (const victim of [0, 1, 2]) crashAt(at, { seed, victim, isTorn });
      }
    }
  });
}

interface Crash {
  readonly seed: number;
  readonly victim: number;
  readonly isTorn: boolean;
}

function crashAt(at: number, { seed, victim, isTorn }: Crash): void {
  const group = new AsyncGroup(seed, PROPOSALS);
  try {
    for (let steps = 0; steps < at; steps++) group.step();
    group.crash(victim, isTorn);
    group.end();
  } catch (cause) {
    throw new Error(`seed ${seed}: member ${victim + 1} crashes after ${at}: ${cause}`, { cause });
  }
}

test.run();
