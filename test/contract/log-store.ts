import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Entry, Snapshot } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import type { LogStore, Save, StorageFailure } from "../../src/storage/port.ts";

/** One disk, and stores on it, one after the other. */
export interface LogStoreWorld {
  open(): Promise<LogStore>;
  /** The present store's process dies, in the middle of what it was doing. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export const entry = (at: number, inTerm: number, bytes = 3): Entry => ({
  index: index(at),
  term: term(inTerm),
  kind: "normal",
  data: new Uint8Array(bytes).fill(at % 256),
});

const hardState = (
  inTerm: number,
  vote: number,
  commit: number,
): NonNullable<Save["hardState"]> => ({
  term: term(inTerm),
  vote: nodeId(vote),
  commit: index(commit),
});

export function save(store: LogStore, what: Partial<Save>): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (failure?: StorageFailure): void => {
      if (failure === undefined) resolve();
      else reject(new Error(failure.reason));
    };
    store.save({ entries: [], ...what }, done);
  });
}

export function cut(store: LogStore, snapshot: Snapshot): Promise<void> {
  return new Promise((resolve, reject) => {
    store.cut(snapshot, (failure) => {
      if (failure === undefined) resolve();
      else reject(new Error(failure.reason));
    });
  });
}

export function all(store: LogStore): readonly Entry[] {
  if (store.lastIndex() < store.firstIndex()) return [];
  const high = index(store.lastIndex() + 1);
  const read = store.entries(store.firstIndex(), high, Number.POSITIVE_INFINITY);
  assert.ok(read.ok);
  return read.ok ? read.value : [];
}

const terms = (store: LogStore): readonly string[] =>
  all(store).map((one) => `${one.index}@${one.term}`);

/** The promises of `storage/port.ts`, by their numbers. */
export function logStoreContract(name: string, world: () => Promise<LogStoreWorld>): void {
  const test = suite(`log store contract: ${name}`);

  const law = (title: string, body: (world: LogStoreWorld) => Promise<void>): void =>
    test(title, async () => {
      const one = await world();
      try {
        await body(one);
      } finally {
        await one.close();
      }
    });

  law("6: a blank store is empty from index 1, and says that it is blank", async ({ open }) => {
    const store = await open();
    assert.ok(store.isBlank);
    assert.is(store.firstIndex(), 1);
    assert.is(store.lastIndex(), 0);
    assert.equal(store.initialState().hardState, hardState(0, 0, 0));
    assert.equal(store.initialState().confState.voters, []);
    assert.equal(store.term(index(0)), { ok: true, value: 0 });
    await save(store, { hardState: hardState(1, 0, 0) });
    assert.not.ok(store.isBlank);
  });

  law("1, 4: what was done is there after a crash", async ({ open, crash }) => {
    const store = await open();
    await save(store, { hardState: hardState(2, 3, 0), entries: [entry(1, 1), entry(2, 2)] });
    await save(store, { hardState: hardState(2, 3, 1), entries: [entry(3, 2)] });
    await crash();
    const again = await open();
    assert.not.ok(again.isBlank);
    assert.equal(again.initialState().hardState, hardState(2, 3, 1));
    assert.equal(all(again), [entry(1, 1), entry(2, 2), entry(3, 2)]);
  });

  law("an append within the log discards the rest", async ({ open, crash }) => {
    const store = await open();
    await save(store, { entries: [1, 2, 3, 4].map((at) => entry(at, 1)) });
    await save(store, { entries: [entry(2, 2)] });
    assert.equal(terms(store), ["1@1", "2@2"]);
    await crash();
    assert.equal(terms(await open()), ["1@1", "2@2"]);
  });

  law("4: of a save that was under way, a crash leaves a beginning", async ({ open, crash }) => {
    const store = await open();
    await save(store, { hardState: hardState(1, 1, 2), entries: [entry(1, 1), entry(2, 1)] });
    let isDone = false;
    const what = { hardState: hardState(5, 2, 4), entries: [3, 4, 5].map((at) => entry(at, 5)) };
    store.save(what, () => {
      isDone = true;
    });
    const wasDone = isDone;
    await crash();
    const again = await open();
    const last = again.lastIndex();
    assert.ok(last >= 2 && last <= 5);
    assert.ok(!wasDone || last === 5);
    const { term: inTerm } = again.initialState().hardState;
    assert.ok(inTerm === 1 || (inTerm === 5 && last === 5), `term ${inTerm} at ${last}`);
    assert.is(isDone, wasDone, "5: the dead hear nothing");
  });

  law("terms and entries outside the log are told apart", async ({ open }) => {
    const store = await open();
    await save(store, { entries: [entry(1, 1), entry(2, 4)] });
    assert.equal(store.term(index(2)), { ok: true, value: 4 });
    assert.equal(store.term(index(3)), { ok: false, error: "unavailable" });
    const beyond = store.entries(index(1), index(4), 100);
    assert.equal(beyond, { ok: false, error: "unavailable" });
  });

  law("reading stops where the bytes pass the limit, but never before one", async ({ open }) => {
    const store = await open();
    await save(store, { entries: [1, 2, 3, 4].map((at) => entry(at, 1, 100)) });
    const count = (maxBytes: number): number => {
      const read = store.entries(index(2), index(5), maxBytes);
      return read.ok ? read.value.length : -1;
    };
    assert.is(count(0), 1);
    assert.is(count(99), 1);
    assert.ok(count(250) <= 2);
    assert.is(count(Number.POSITIVE_INFINITY), 3);
  });

  law("a snapshot stands for all up to its index", async ({ open, crash }) => {
    const store = await open();
    await save(store, { entries: [entry(1, 1), entry(2, 1)] });
    await save(store, { hardState: hardState(3, 0, 10), snapshot: snapshotAt(10, 3), entries: [] });
    const check = (one: LogStore): void => {
      assert.is(one.firstIndex(), 11);
      assert.is(one.lastIndex(), 10);
      assert.equal(one.term(index(10)), { ok: true, value: 3 });
      assert.equal(one.term(index(2)), { ok: false, error: "compacted" });
      const gone = one.entries(index(10), index(11), 100);
      assert.equal(gone, { ok: false, error: "compacted" });
      assert.equal(one.initialState().confState.voters, [1, 2]);
      assert.equal(one.snapshot(), { ok: true, value: snapshotAt(10, 3) });
    };
    check(store);
    await crash();
    const again = await open();
    check(again);
    await save(again, { entries: [entry(11, 3)] });
    assert.equal(terms(again), ["11@3"]);
  });

  for (const { inTerm, left } of [
    { inTerm: 1, left: ["3@1", "4@1"] },
    { inTerm: 2, left: [] },
  ]) {
    const rest = inTerm === 1 ? "what follows its entry stays" : "nothing follows another entry";
    law(`a snapshot mends what is before it; ${rest}`, async ({ open, crash }) => {
      const store = await open();
      await save(store, { hardState: hardState(2, 0, 1), entries: [entry(1, 1), entry(2, 1)] });
      await save(store, { entries: [entry(3, 1), entry(4, 1)] });
      const what = { entries: [], snapshot: snapshotAt(2, inTerm) };
      await new Promise((resolve) => store.mend(what, resolve));
      await crash();
      const again = await open();
      assert.equal(terms(again), left);
      assert.equal(again.snapshot(), { ok: true, value: snapshotAt(2, inTerm) });
      assert.equal(again.initialState().hardState, hardState(2, 0, 2));
    });
  }

  law("a cut leaves what follows the snapshot", async ({ open, crash }) => {
    const store = await open();
    await save(store, { hardState: hardState(1, 0, 3), entries: [entry(1, 1), entry(2, 1)] });
    await save(store, { entries: [entry(3, 1), entry(4, 1)] });
    await cut(store, snapshotAt(3, 1));
    const check = (one: LogStore): void => {
      assert.is(one.firstIndex(), 4);
      assert.equal(terms(one), ["4@1"]);
      assert.equal(one.term(index(3)), { ok: true, value: 1 });
      assert.equal(one.entries(index(3), index(5), 100), { ok: false, error: "compacted" });
      assert.equal(one.snapshot(), { ok: true, value: snapshotAt(3, 1) });
      assert.equal(one.initialState().hardState, hardState(1, 0, 3));
    };
    check(store);
    await crash();
    const again = await open();
    check(again);
    await save(again, { entries: [entry(5, 1)] });
    await cut(again, snapshotAt(5, 1));
    assert.equal(terms(again), []);
    await crash();
    assert.is((await open()).firstIndex(), 6);
  });

  /** Method: compare with a plain array, over random appends, cuts, crashes and restarts. */
  law("1: whatever the order of appends, cuts and crashes, nothing done is lost", async (one) => {
    const random = prng(11);
    let store = await one.open();
    let model: Entry[] = [];
    let base = 0;
    for (let round = 1; round <= 300; round++) {
      const from = base + 1 + random.below(model.length + 1);
      const added = Array.from({ length: random.below(6) }, (_, i) => entry(from + i, round));
      if (added.length > 0) model = [...model.slice(0, from - base - 1), ...added];
      await save(store, { hardState: hardState(round, 0, 0), entries: added });
      const last = random.chance(0.1) ? model[random.below(model.length)] : undefined;
      if (last !== undefined) {
        await cut(store, snapshotAt(last.index, last.term));
        model = model.slice(last.index - base);
        base = last.index;
      }
      if (random.chance(0.2)) {
        await one.crash();
        store = await one.open();
      }
      assert.equal(all(store), model, `SEED=11 round ${round}`);
      assert.is(store.firstIndex(), base + 1, `SEED=11 round ${round}`);
      assert.is(store.initialState().hardState.term, round);
    }
  });

  law("5: after close nothing is called", async ({ open }) => {
    const store = await open();
    store.close();
    let count = 0;
    store.save({ entries: [entry(1, 1)] }, () => {
      count++;
    });
    // What is done behind it is done.
    const next = await open();
    await save(next, { entries: [entry(1, 1)] });
    assert.is(count, 0);
  });

  test.run();
}

export function snapshotAt(at: number, inTerm: number): Snapshot {
  const voters = [nodeId(1), nodeId(2)];
  return {
    index: index(at),
    term: term(inTerm),
    data: new Uint8Array([1, 2, 3]),
    confState: { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
  };
}
