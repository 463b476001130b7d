import { suite } from "uvu";
import * as assert from "uvu/assert";
import { entryBytes, type RaftLog } from "../../src/raft/log.ts";
import type { LogEnd } from "../../src/raft/trace.ts";
import { InvariantError } from "../../src/std/assert.ts";
import { index, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { all, entries, entryAt, logWorld, snapshotAt, written } from "./laws/members-log.ts";
import { roomOf } from "./laws/members-room.ts";

const test = suite("raft: log");

const isBroken = (error: unknown): boolean => error instanceof InvariantError;
const end = (at: number, inTerm: number): LogEnd => ({ index: index(at), term: term(inTerm) });
const NO_LIMIT = Number.POSITIVE_INFINITY;

test("a log ends with the place and term of its last entry, or of its snapshot", () => {
  assert.equal(logWorld({}).log.end, end(0, 0));
  assert.equal(logWorld({ base: snapshotAt(7, 3) }).log.end, end(7, 3));
  assert.equal(logWorld({ base: snapshotAt(7, 3), stable: entries(8, 3, 4) }).log.end, end(9, 4));
  assert.equal(logWorld({ stable: entries(1, 1), unstable: entries(2, 2) }).log.end, end(2, 2));
});

test("another log is as new if its last term is later, or the same and it is no shorter", () => {
  const { log } = logWorld({ stable: entries(1, 1, 2), unstable: entries(3, 3) });
  const table = [
    { term: 4, at: [2, 3, 4], isUpToDate: [true, true, true] },
    { term: 3, at: [2, 3, 4], isUpToDate: [false, true, true] },
    { term: 2, at: [2, 3, 4], isUpToDate: [false, false, false] },
  ];
  for (const { term: inTerm, at, isUpToDate } of table) {
    const found = at.map((one) => log.isUpToDate(index(one), term(inTerm)));
    assert.equal(found, isUpToDate, `term ${inTerm}`);
  }
});

test("an append conflicts where an entry differs, and nowhere if all are there already", () => {
  const table = [
    { prev: end(0, 0), add: entries(1, 1, 2, 3), at: undefined },
    { prev: end(1, 1), add: entries(2, 2, 3), at: undefined },
    { prev: end(2, 2), add: entries(3, 3), at: undefined },
    { prev: end(3, 3), add: entries(4, 3, 4), at: undefined },
    { prev: end(0, 0), add: entries(1, 1, 2, 3, 4), at: undefined },
    { prev: end(0, 0), add: entries(1, 4, 4), at: 1 },
    { prev: end(1, 1), add: entries(2, 1, 4, 4), at: 2 },
    { prev: end(2, 2), add: entries(3, 1, 2), at: 3 },
    { prev: end(0, 0), add: entries(1, 1, 2, 4), at: 3 },
  ];
  for (const { prev, add, at } of table) {
    const { log } = logWorld({ unstable: entries(1, 1, 2, 3) });
    const taken = log.maybeAppend(prev, add);
    assert.is(taken?.conflict?.at, at, written(add));
    if (at !== undefined) assert.is(taken?.conflict?.existing, at);
  }
});

test("both sides skip back to the last place whose term is not above the one asked for", () => {
  const random = prng(5);
  for (let round = 0; round < 300; round++) {
    let inTerm = 1 + random.below(3);
    const base = snapshotAt(5, inTerm);
    const terms = Array.from({ length: random.below(8) }, () => (inTerm += random.below(3)));
    const { log } = logWorld({ base, stable: entries(6, ...terms) });
    const from = 5 + random.below(terms.length + 1);
    const asked = random.below(12);
    const known = [...entries(5, base.term, ...terms)].filter(({ index: at }) => at <= from);
    const fits = known.filter((one) => one.term <= asked).at(-1);
    // What is compacted may be anything: it is not skipped over.
    const expected = fits === undefined ? end(4, 0) : end(fits.index, fits.term);
    assert.equal(log.findConflictByTerm(index(from), term(asked)), expected, `round ${round}`);
  }
  assert.equal(logWorld({}).log.findConflictByTerm(index(0), term(3)), end(0, 0));
});

test("an append replaces what it meets, and what is replaced is to be written again", () => {
  const table = [
    { add: [], all: "1@1 2@2", toWrite: "" },
    { add: entries(3, 2), all: "1@1 2@2 3@2", toWrite: "3@2" },
    { add: entries(1, 2), all: "1@2", toWrite: "1@2" },
    { add: entries(2, 3, 3), all: "1@1 2@3 3@3", toWrite: "2@3 3@3" },
  ];
  for (const { add, all: expected, toWrite } of table) {
    const { log } = logWorld({ stable: entries(1, 1, 2) });
    log.append(add);
    assert.is(written(all(log)), expected);
    assert.is(written(log.unstable.nextEntries()), toWrite);
  }
});

test("what is committed is never replaced", () => {
  const { log } = logWorld({ unstable: entries(1, 1, 2, 3) });
  log.commitTo(index(2));
  assert.throws(() => log.append(entries(2, 4)), isBroken);
  assert.throws(() => log.maybeAppend(end(1, 1), entries(2, 4)), isBroken);
  assert.is(written(all(log)), "1@1 2@2 3@3");
  assert.ok(log.maybeAppend(end(1, 1), entries(2, 2, 4)), "it was there already");
  assert.is(written(all(log)), "1@1 2@2 3@4");
});

test("a leader's entries are taken if what they follow is there, in that term", () => {
  const table = [
    { prev: end(3, 2), add: entries(4, 4), last: undefined, all: "1@1 2@2 3@3" },
    { prev: end(4, 3), add: entries(5, 4), last: undefined, all: "1@1 2@2 3@3" },
    { prev: end(3, 3), add: [], last: 3, all: "1@1 2@2 3@3" },
    { prev: end(1, 1), add: [], last: 1, all: "1@1 2@2 3@3" },
    { prev: end(0, 0), add: [], last: 0, all: "1@1 2@2 3@3" },
    { prev: end(3, 3), add: entries(4, 4, 4), last: 5, all: "1@1 2@2 3@3 4@4 5@4" },
    { prev: end(2, 2), add: entries(3, 4), last: 3, all: "1@1 2@2 3@4" },
    { prev: end(1, 1), add: entries(2, 4, 4), last: 3, all: "1@1 2@4 3@4" },
    // An old message: what it has is there, and what follows stays.
    { prev: end(0, 0), add: entries(1, 1), last: 1, all: "1@1 2@2 3@3" },
  ];
  for (const { prev, add, last, all: expected } of table) {
    const { log } = logWorld({ stable: entries(1, 1, 2), unstable: entries(3, 3) });
    const taken = log.maybeAppend(prev, add);
    assert.is(taken?.last, last, `${written(add)} after ${prev.index}@${prev.term}`);
    assert.is(written(all(log)), expected);
    assert.is(log.committed, 0, "taking entries commits nothing");
  }
});

/** Method: one leader's log, sent in pieces, repeated and out of order, to a log that differs. */
test("any pieces of a leader's log, in any order, make a prefix of it and never unmake it", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = prng(seed);
    let inTerm = 1;
    const leader = entries(1, ...Array.from({ length: 8 }, () => (inTerm += random.below(2))));
    const shared = random.below(leader.length);
    const own = entries(shared + 1, ...Array.from({ length: random.below(4) }, () => 99));
    const { log } = logWorld({ unstable: [...leader.slice(0, shared), ...own] });
    let proven = 0;
    for (let i = 0; i < 30; i++) {
      const from = random.below(leader.length + 1);
      const prev = from === 0 ? end(0, 0) : end(from, leader[from - 1]?.term ?? 0);
      const piece = leader.slice(from, from + random.below(4));
      const taken = log.maybeAppend(prev, piece);
      proven = Math.max(proven, taken?.last ?? 0);
      const kept = written(all(log).slice(0, proven));
      assert.is(kept, written(leader.slice(0, proven)), `SEED=${seed} piece ${i}`);
    }
  }
});

test("the commit index never falls, and never passes the end of the log", () => {
  const { log } = logWorld({ unstable: entries(1, 1, 2, 3) });
  for (const [i, to] of [2, 1, 3, 0].entries()) {
    log.commitTo(index(to));
    assert.is(log.committed, [2, 2, 3, 3][i]);
  }
  assert.throws(() => log.commitTo(index(4)), isBroken);
});

test("a commit by term moves on only to a later entry that is of that term", () => {
  const table = [
    { at: 2, inTerm: 2, isCommitted: true },
    { at: 3, inTerm: 2, isCommitted: false },
    { at: 1, inTerm: 1, isCommitted: false },
    { at: 4, inTerm: 3, isCommitted: false },
    { at: 2, inTerm: 0, isCommitted: false },
  ];
  for (const { at, inTerm, isCommitted } of table) {
    const { log } = logWorld({ unstable: entries(1, 1, 2, 3) });
    log.commitTo(index(1));
    assert.is(log.maybeCommit(index(at), term(inTerm)), isCommitted, `${at}@${inTerm}`);
    assert.is(log.committed, isCommitted ? at : 1);
  }
});

test("what is to be written is what is not durable, and is given once", () => {
  for (const stable of [0, 1, 2]) {
    const world = logWorld({
      stable: entries(1, 1, 2).slice(0, stable),
      unstable: entries(1, 1, 2).slice(stable),
    });
    const { log } = world;
    assert.is(written(log.unstable.nextEntries()), written(entries(1, 1, 2).slice(stable)));
    world.write();
    assert.equal(log.unstable.nextEntries(), []);
    assert.is(log.unstable.offset, 3);
    assert.is(written(all(log)), "1@1 2@2");
  }
});

test("a slice is what the log holds there, across what is durable and what is not", () => {
  const base = snapshotAt(3, 1);
  const { log } = logWorld({ base, stable: entries(4, 1, 2, 2), unstable: entries(7, 3, 3) });
  const whole = entries(4, 1, 2, 2, 3, 3);
  for (let low = 4; low <= 9; low++) {
    for (let high = low; high <= 9; high++) {
      const found = log.slice(index(low), index(high), NO_LIMIT);
      assert.equal(found, { ok: true, value: whole.slice(low - 4, high - 4) }, `${low}..${high}`);
    }
  }
});

test("outside the log is told apart: compacted before it, a broken law behind it", () => {
  const base = snapshotAt(3, 1);
  const { log } = logWorld({ base, stable: entries(4, 1), unstable: entries(5, 2) });
  for (const low of [1, 3]) {
    const found = log.slice(index(low), index(5), NO_LIMIT);
    assert.equal(found, { ok: false, error: "compacted" });
  }
  assert.throws(() => log.slice(index(4), index(7), NO_LIMIT), isBroken);
  assert.equal(log.entries(index(6), NO_LIMIT), { ok: true, value: [] });
  assert.equal(log.entries(index(3), NO_LIMIT), { ok: false, error: "compacted" });
});

test("a limit cuts a slice at the last entry that fits, but leaves one", () => {
  const sized = [4, 5, 6, 7].map((at) => entryAt(at, 1, 8));
  const each = entryBytes(entryAt(4, 1, 8));
  for (const stable of [0, 1, 2, 3, 4]) {
    const base = snapshotAt(3, 1);
    const unstable = sized.slice(stable);
    const { log } = logWorld({ base, stable: sized.slice(0, stable), unstable });
    for (const [maxBytes, count] of [
      [0, 1],
      [each - 1, 1],
      [each, 1],
      [2 * each - 1, 1],
      [2 * each, 2],
      [4 * each, 4],
      [NO_LIMIT, 4],
    ] as const) {
      const found = log.slice(index(4), index(8), maxBytes);
      const expected = { ok: true, value: sized.slice(0, count) };
      assert.equal(found, expected, `${stable} stable, ${maxBytes} bytes`);
    }
  }
});

const termsOf = (log: RaftLog, from: number, to: number): readonly (number | string)[] =>
  Array.from({ length: to - from + 1 }, (_, i) => {
    const found = log.term(index(from + i));
    return found.ok ? found.value : found.error;
  });

test("a log knows the terms of its entries and of the one before its first", () => {
  const base = snapshotAt(3, 1);
  const { log } = logWorld({ base, stable: entries(4, 2, 2), unstable: entries(6, 3) });
  const expected = ["compacted", 1, 2, 2, 3, "unavailable", "unavailable"];
  assert.equal(termsOf(log, 2, 8), expected);
});

test("while a snapshot is being written the log ends where it says, whatever is on disk", () => {
  const world = logWorld({ base: snapshotAt(3, 1), stable: entries(4, 1, 1) });
  world.log.restore(snapshotAt(8, 2));
  const expected = ["compacted", "compacted", "compacted", "compacted", 2, "unavailable"];
  assert.equal(termsOf(world.log, 4, 9), expected);
  world.write();
  assert.equal(termsOf(world.log, 4, 9), expected);
});

test("a log that is restored is its snapshot alone, all of it committed", () => {
  const world = logWorld({ stable: entries(1, 1, 1), unstable: entries(3, 2) });
  world.log.restore(snapshotAt(9, 4));
  for (const _ of ["waiting", "written"]) {
    assert.equal(world.log.end, end(9, 4));
    assert.is(world.log.firstIndex, 10);
    assert.is(world.log.committed, 9);
    assert.is(world.log.unstable.offset, 10);
    assert.equal(all(world.log), []);
    const held = world.log.snapshot();
    assert.is(held.ok && held.value.index, 9);
    world.write();
  }
});

test("a log that was compacted holds what follows, and nothing else changed", () => {
  for (let upTo = 0; upTo <= 4; upTo++) {
    const { log, disk } = logWorld({ stable: entries(1, 1, 2, 2, 3), unstable: entries(5, 3) });
    log.commitTo(index(4));
    log.appliedTo(index(4), 0);
    if (upTo > 0) disk.compact(snapshotAt(upTo, log.termOr0(index(upTo))));
    assert.is(log.firstIndex, upTo + 1);
    assert.is(written(all(log)), written(entries(1, 1, 2, 2, 3, 3).slice(upTo)));
    const kept = [1, 2, 2, 3, 3].slice(Math.max(0, upTo - 1));
    assert.equal(termsOf(log, Math.max(1, upTo), 5), kept);
    assert.is(log.committed, 4);
    assert.is(written(log.unstable.nextEntries()), "5@3");
    log.append(entries(6, 4));
    assert.equal(log.end, end(6, 4));
    assert.equal(log.slice(index(upTo), index(7), NO_LIMIT), { ok: false, error: "compacted" });
  }
});

test("what is durable moves on, but not past what another leader put in its place", () => {
  const table = [
    { at: 1, inTerm: 1, offset: 2 },
    { at: 2, inTerm: 2, offset: 3 },
    { at: 2, inTerm: 1, offset: 1 },
    { at: 3, inTerm: 2, offset: 1 },
  ];
  for (const { at, inTerm, offset } of table) {
    const { log } = logWorld({ unstable: entries(1, 1, 2) });
    log.unstable.stableTo(index(at), term(inTerm));
    assert.is(log.unstable.offset, offset, `${at}@${inTerm}`);
  }
  for (const { at, inTerm, offset } of [
    { at: 6, inTerm: 2, offset: 7 },
    { at: 6, inTerm: 1, offset: 6 },
    { at: 5, inTerm: 2, offset: 6 },
    { at: 4, inTerm: 2, offset: 6 },
  ]) {
    const { log } = logWorld({ base: snapshotAt(2, 1) });
    log.restore(snapshotAt(5, 2));
    log.append(entries(6, 2));
    log.unstable.stableTo(index(at), term(inTerm));
    assert.is(log.unstable.offset, offset, `behind a snapshot: ${at}@${inTerm}`);
  }
});

test("what is committed is handed out once: durable, unless asked otherwise, and in order", () => {
  const table = [
    { applying: 3, isPaused: false, awaitsSnapshot: false, durable: "4@1", any: "4@1 5@1" },
    { applying: 4, isPaused: false, awaitsSnapshot: false, durable: "", any: "5@1" },
    { applying: 5, isPaused: false, awaitsSnapshot: false, durable: "", any: "" },
    { applying: 3, isPaused: true, awaitsSnapshot: false, durable: "", any: "" },
    { applying: 3, isPaused: false, awaitsSnapshot: true, durable: "", any: "" },
  ];
  for (const { applying, isPaused, awaitsSnapshot, durable, any } of table) {
    for (const allowUnstable of [false, true]) {
      const stable = entries(4, 1);
      const base = snapshotAt(3, 1);
      const world = logWorld({ base, stable, unstable: entries(5, 1, 1), maxApplyingBytes: 100 });
      const { log } = world;
      log.commitTo(index(5));
      // All that could be handed out was: unless the bytes say so, nothing is paused.
      log.applying = index(applying);
      if (isPaused) log.acceptApplying(index(applying), 100, allowUnstable);
      if (awaitsSnapshot) log.unstable.snapshot = base;
      const expected = allowUnstable ? any : durable;
      assert.is(log.hasNextCommitted(allowUnstable), expected !== "");
      assert.is(written(log.nextCommitted(allowUnstable)), expected);
    }
  }
});

test("nothing more is handed out while as many bytes as may be are not applied yet", () => {
  const table = [
    { to: 4, bytes: 99, applied: 0, goesOn: false, why: "it was cut: the next one did not fit" },
    { to: 5, bytes: 99, applied: 0, goesOn: true, why: "there is room" },
    { to: 5, bytes: 100, applied: 0, goesOn: false, why: "it is full" },
    { to: 5, bytes: 101, applied: 0, goesOn: false, why: "one too large is more than full" },
    { to: 5, bytes: 100, applied: 1, goesOn: true, why: "applying made room" },
    { to: 4, bytes: 99, applied: 99, goesOn: true, why: "what was cut may follow" },
    { to: 5, bytes: 200, applied: 100, goesOn: false, why: "it is full still" },
  ];
  for (const { to, bytes, applied, goesOn, why } of table) {
    const base = snapshotAt(3, 1);
    const { log } = logWorld({ base, stable: entries(4, 1, 1, 1), maxApplyingBytes: 100 });
    log.commitTo(index(5));
    log.acceptApplying(index(to), bytes, true);
    log.commitTo(index(6));
    if (applied > 0) log.appliedTo(index(4), applied);
    assert.is(log.hasNextCommitted(true), goesOn, why);
  }
});

test("applied grows, and never past what is committed", () => {
  const { log } = logWorld({ stable: entries(1, 1, 1, 1) });
  log.commitTo(index(2));
  assert.throws(() => log.acceptApplying(index(3), 0, true), isBroken);
  assert.throws(() => log.appliedTo(index(3), 0), isBroken);
  log.appliedTo(index(2), 0);
  assert.equal([log.applied, log.applying], [2, 2], "what is applied was handed out");
  assert.throws(() => log.appliedTo(index(1), 0), isBroken);
});

test("what a leader sends follows the place it names: no gap, and terms up to its own", () => {
  const group = roomOf([1, 2, 3]);
  const random = prng(3);
  for (let round = 0; round < 40; round++) {
    group.cut(1 + random.below(4));
    group.get(1 + random.below(3)).node.campaign();
    for (const one of group.members) one.propose(`${round}`);
    group.settle();
  }
  const appends = group.sent.filter(({ type, entries: some }) => type === "app" && some.length > 1);
  assert.ok(appends.length > 3);
  for (const m of appends) {
    const places = m.entries.map((one) => one.index);
    assert.equal(
      places,
      Array.from(places, (_, i) => m.index + 1 + i),
    );
    const terms = [m.logTerm, ...m.entries.map((one) => one.term), m.term];
    assert.equal(
      terms,
      terms.toSorted((a, b) => a - b),
    );
  }
});

test.run();
