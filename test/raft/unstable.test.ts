import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Entry, Snapshot } from "../../src/raft/types.ts";
import { Unstable } from "../../src/raft/unstable.ts";
import { InvariantError } from "../../src/std/assert.ts";
import { index, term } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";
import { entries, snapshotAt, written } from "./laws/members-log.ts";

const test = suite("raft: unstable tail");

interface Given {
  readonly offset: number;
  readonly entries?: readonly Entry[];
  readonly snapshot?: Snapshot;
  /** What is being written: everything up to here. */
  readonly inProgress?: number;
  readonly isSnapshotInProgress?: boolean;
}

function tail(given: Given): Unstable {
  const made = new Unstable(index(given.offset));
  made.entries = [...(given.entries ?? [])];
  made.snapshot = given.snapshot;
  made.inProgress = index(given.inProgress ?? given.offset);
  made.isSnapshotInProgress = given.isSnapshotInProgress ?? false;
  return made;
}

const shape = (one: Unstable): string =>
  `${one.offset} ${one.inProgress} [${written(one.entries)}]${one.snapshot ? " snapshot" : ""}`;

const SNAP = snapshotAt(4, 1);

test("only a snapshot tells where the log begins", () => {
  assert.is(tail({ offset: 5, entries: entries(5, 1) }).firstIndex, undefined);
  assert.is(tail({ offset: 1 }).firstIndex, undefined);
  assert.is(tail({ offset: 5, entries: entries(5, 1), snapshot: SNAP }).firstIndex, 5);
  assert.is(tail({ offset: 5, snapshot: SNAP }).firstIndex, 5);
});

test("the tail ends with its last entry, else with its snapshot, else it does not know", () => {
  assert.is(tail({ offset: 5, entries: entries(5, 1, 1) }).lastIndex, 6);
  assert.is(tail({ offset: 5, entries: entries(5, 1), snapshot: SNAP }).lastIndex, 5);
  assert.is(tail({ offset: 5, snapshot: SNAP }).lastIndex, 4);
  assert.is(tail({ offset: 5 }).lastIndex, undefined);
});

test("the tail knows the terms of its entries and of its snapshot, and no other", () => {
  const both = tail({ offset: 5, entries: entries(5, 2, 3), snapshot: SNAP });
  const bare = tail({ offset: 5, entries: entries(5, 2, 3) });
  const table = [
    { at: 3, withSnapshot: undefined, without: undefined },
    { at: 4, withSnapshot: 1, without: undefined },
    { at: 5, withSnapshot: 2, without: 2 },
    { at: 6, withSnapshot: 3, without: 3 },
    { at: 7, withSnapshot: undefined, without: undefined },
  ];
  for (const { at, withSnapshot, without } of table) {
    assert.is(both.term(index(at)), withSnapshot, `${at}`);
    assert.is(bare.term(index(at)), without, `${at}`);
    assert.is(new Unstable(index(5)).term(index(at)), undefined);
  }
});

test("a snapshot that is restored replaces all, and waits to be written", () => {
  const given = tail({
    offset: 5,
    entries: entries(5, 1, 1),
    inProgress: 6,
    snapshot: SNAP,
    isSnapshotInProgress: true,
  });
  const newer = snapshotAt(9, 2);
  given.restore(newer);
  assert.is(shape(given), "10 10 [] snapshot");
  assert.is(given.nextSnapshot, newer);
});

test("what is to be written next is what is not being written yet", () => {
  const table = [
    { given: { offset: 5, entries: entries(5, 1, 1) }, next: "5@1 6@1" },
    { given: { offset: 5, entries: entries(5, 1, 1), inProgress: 6 }, next: "6@1" },
    { given: { offset: 5, entries: entries(5, 1, 1), inProgress: 7 }, next: "" },
    { given: { offset: 5 }, next: "" },
  ];
  for (const { given, next } of table) assert.is(written(tail(given).nextEntries()), next);
});

test("a snapshot is to be written until it is being written", () => {
  assert.is(tail({ offset: 5 }).nextSnapshot, undefined);
  assert.is(tail({ offset: 5, snapshot: SNAP }).nextSnapshot, SNAP);
  const writing = tail({ offset: 5, snapshot: SNAP, isSnapshotInProgress: true });
  assert.is(writing.nextSnapshot, undefined);
});

test("what is being written is the whole tail, entries and snapshot, and counts once", () => {
  const table: readonly Given[] = [
    { offset: 5 },
    { offset: 5, entries: entries(5, 1) },
    { offset: 5, entries: entries(5, 1, 1), inProgress: 6 },
    { offset: 5, snapshot: SNAP },
    { offset: 5, entries: entries(5, 1, 1), snapshot: SNAP },
    { offset: 5, entries: entries(5, 1), inProgress: 6, snapshot: SNAP },
  ];
  for (const given of table) {
    const one = tail(given);
    const kept = written(one.entries);
    one.acceptInProgress();
    assert.is(one.inProgress, 5 + one.entries.length);
    assert.is(one.isSnapshotInProgress, given.snapshot !== undefined);
    assert.equal(one.nextEntries(), []);
    assert.is(one.nextSnapshot, undefined);
    assert.is(written(one.entries), kept, "nothing leaves before it is durable");
    const before = shape(one);
    one.acceptInProgress();
    assert.is(shape(one), before);
  }
});

test("what is durable leaves the tail, if it is still what the tail holds there", () => {
  const two = entries(5, 1, 2);
  const table = [
    { why: "before the tail", given: { offset: 5, entries: two }, at: [4, 1], is: "5 5 [5@1 6@2]" },
    { why: "the first", given: { offset: 5, entries: two }, at: [5, 1], is: "6 6 [6@2]" },
    { why: "all", given: { offset: 5, entries: two }, at: [6, 2], is: "7 7 []" },
    { why: "beyond", given: { offset: 5, entries: two }, at: [7, 2], is: "5 5 [5@1 6@2]" },
    { why: "another term", given: { offset: 5, entries: two }, at: [6, 1], is: "5 5 [5@1 6@2]" },
    { why: "an empty tail", given: { offset: 5 }, at: [5, 1], is: "5 5 []" },
    {
      why: "more is being written",
      given: { offset: 5, entries: two, inProgress: 7 },
      at: [5, 1],
      is: "6 7 [6@2]",
    },
    {
      why: "the snapshot's own place",
      given: { offset: 5, entries: two, snapshot: SNAP },
      at: [4, 1],
      is: "5 5 [5@1 6@2] snapshot",
    },
    {
      why: "behind a snapshot",
      given: { offset: 5, entries: two, snapshot: SNAP },
      at: [6, 2],
      is: "7 7 [] snapshot",
    },
  ];
  for (const { why, given, at, is } of table) {
    const one = tail(given);
    one.stableTo(index(at[0] ?? 0), term(at[1] ?? 0));
    assert.is(shape(one), is, why);
  }
});

test("a snapshot that is durable leaves the tail, if it is still that one", () => {
  const one = tail({ offset: 5, snapshot: SNAP, isSnapshotInProgress: true });
  one.stableSnapTo(index(3));
  assert.is(one.snapshot, SNAP);
  one.stableSnapTo(index(4));
  assert.is(one.snapshot, undefined);
  assert.is(one.isSnapshotInProgress, false);
  one.stableSnapTo(index(4));
  assert.is(shape(one), "5 5 []");
});

test("an append keeps what lies before it; what was being written from there on is not", () => {
  const two = entries(5, 1, 1);
  const table = [
    { given: { offset: 5, entries: two }, add: entries(7, 2), is: "5 5 [5@1 6@1 7@2]" },
    {
      given: { offset: 5, entries: two, inProgress: 6 },
      add: entries(7, 2),
      is: "5 6 [5@1 6@1 7@2]",
    },
    { given: { offset: 5, entries: two, inProgress: 7 }, add: entries(6, 2), is: "5 6 [5@1 6@2]" },
    { given: { offset: 5, entries: two, inProgress: 6 }, add: entries(6, 2), is: "5 6 [5@1 6@2]" },
    { given: { offset: 5, entries: two, inProgress: 7 }, add: entries(5, 2), is: "5 5 [5@2]" },
    { given: { offset: 5, entries: two }, add: entries(4, 2, 2), is: "4 4 [4@2 5@2]" },
    { given: { offset: 5, entries: two, inProgress: 7 }, add: entries(2, 3), is: "2 2 [2@3]" },
    { given: { offset: 5 }, add: entries(5, 2), is: "5 5 [5@2]" },
    { given: { offset: 5 }, add: entries(3, 2), is: "3 3 [3@2]" },
  ];
  for (const { given, add, is } of table) {
    const one = tail(given);
    one.truncateAndAppend(add);
    assert.is(shape(one), is, `${written(given.entries ?? [])} + ${written(add)}`);
  }
  const one = tail({ offset: 5, entries: two });
  assert.throws(
    () => one.truncateAndAppend(entries(8, 1)),
    (error: unknown) => error instanceof InvariantError,
  );
});

test("what was handed out to be written does not change under the writer", () => {
  const one = tail({ offset: 5, entries: entries(5, 1, 1, 1) });
  const writing = one.nextEntries();
  one.acceptInProgress();
  one.truncateAndAppend(entries(6, 2));
  one.stableTo(index(5), term(1));
  assert.is(written(writing), "5@1 6@1 7@1");
});

/** Method: a disk and a tail beside an array; writes complete late, and in their order. */
test("whatever is appended while writes are under way, tail and disk together are the log", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = prng(seed);
    const walk = new Walk(random);
    for (let step = 0; step < 80; step++) {
      walk.step(step + 1);
      assert.is(walk.seen, written(walk.model), `SEED=${seed} step ${step}`);
      assert.ok(walk.tail.offset <= walk.tail.inProgress);
      assert.ok(walk.tail.inProgress <= walk.tail.offset + walk.tail.entries.length);
    }
  }
});

class Walk {
  readonly tail = new Unstable(index(1));
  model: Entry[] = [];
  readonly #random: Prng;
  #disk: Entry[] = [];
  #writes: (readonly Entry[])[] = [];

  constructor(random: Prng) {
    this.#random = random;
  }

  /** What a reader finds: the disk up to the tail, then the tail. */
  get seen(): string {
    return written([...this.#disk.slice(0, this.tail.offset - 1), ...this.tail.entries]);
  }

  step(inTerm: number): void {
    if (this.#random.chance(0.4)) this.#append(inTerm);
    else if (this.#random.chance(0.5)) this.#begin();
    else this.#complete();
  }

  #append(inTerm: number): void {
    const from = 1 + this.#random.below(this.model.length + 1);
    const terms = Array.from({ length: 1 + this.#random.below(3) }, () => inTerm);
    const added = entries(from, ...terms);
    this.model = [...this.model.slice(0, from - 1), ...added];
    this.tail.truncateAndAppend(added);
  }

  #begin(): void {
    const next = this.tail.nextEntries();
    this.tail.acceptInProgress();
    if (next.length > 0) this.#writes.push(next);
  }

  #complete(): void {
    const done = this.#writes.shift();
    const [first, last] = [done?.[0], done?.at(-1)];
    if (done === undefined || first === undefined || last === undefined) return;
    this.#disk = [...this.#disk.slice(0, first.index - 1), ...done];
    this.tail.stableTo(last.index, last.term);
  }
}

test.run();
