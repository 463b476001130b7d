import { suite } from "uvu";
import * as assert from "uvu/assert";
import { APPEND_THREAD, type Message, message } from "../../src/raft/message.ts";
import type { Entry, Snapshot } from "../../src/raft/types.ts";
import { Persister } from "../../src/replica/persist.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../../src/storage/memory.ts";
import type { Save } from "../../src/storage/port.ts";

const test = suite("replica: persist");

/** A store whose saves end when the test says so. */
function setUp() {
  const disk = new MemoryDisk();
  const store = createMemoryLogStore({ disk });
  const saves: Save[] = [];
  const told: string[] = [];
  let finish = (): void => {};
  const persister = new Persister({
    store: Object.assign(Object.create(store), {
      save: (what: Save, done: () => void) => {
        saves.push(what);
        finish = () => store.save(what, done);
      },
      cut: (snapshot: Snapshot, done: () => void) => store.cut(snapshot, done),
      initialState: () => store.initialState(),
      firstIndex: () => store.firstIndex(),
      lastIndex: () => store.lastIndex(),
      entries: (...range: Parameters<typeof store.entries>) => store.entries(...range),
    }),
    onSaved: (responses) => void told.push(...responses.map((it) => `${it.type} ${it.index}`)),
    onFailure: () => assert.unreachable("a save failed"),
  });
  return { disk, persister, saves, told: () => told.splice(0), finish: () => finish() };
}

const entryAt = (at: number): Entry => ({
  index: index(at),
  term: term(1),
  kind: "normal",
  data: new Uint8Array([at]),
});

function write(
  state: { readonly term: number; readonly vote: number; readonly commit: number } | undefined,
  entries: readonly Entry[],
  answer: number,
): Message {
  const fields = state ?? { term: 0, vote: 0, commit: 0 };
  const responses = [message({ type: "app-resp", to: nodeId(2), index: index(answer) })];
  return {
    ...message({ type: "storage-append", to: APPEND_THREAD, entries }),
    ...{ term: term(fields.term), vote: nodeId(fields.vote), commit: index(fields.commit) },
    responses,
  };
}

test("how far the log is committed costs no write of its own; its answers leave at once", () => {
  const { persister, saves, told, finish } = setUp();
  persister.append(write({ term: 1, vote: 2, commit: 0 }, [entryAt(1)], 1));
  finish();
  assert.equal(told(), ["app-resp 1"]);
  persister.append(write({ term: 1, vote: 2, commit: 1 }, [], 2));
  assert.is(saves.length, 1);
  assert.equal(told(), ["app-resp 2"]);
});

test("the next save has it", () => {
  const { disk, persister, saves, finish } = setUp();
  persister.append(write({ term: 1, vote: 2, commit: 0 }, [entryAt(1)], 1));
  finish();
  persister.append(write({ term: 1, vote: 2, commit: 1 }, [], 2));
  persister.append(write(undefined, [entryAt(2)], 3));
  finish();
  assert.is(saves.length, 2);
  assert.is(disk.hardState.commit, 1);
});

test("an answer does not overtake a save that is under way", () => {
  const { persister, told, finish } = setUp();
  persister.append(write({ term: 1, vote: 2, commit: 0 }, [entryAt(1)], 1));
  persister.append(write({ term: 1, vote: 2, commit: 1 }, [], 2));
  assert.equal(told(), []);
  finish();
  assert.equal(told(), ["app-resp 1", "app-resp 2"]);
});

test("a term or a vote is a write, and nothing is answered before it is safe", () => {
  for (const state of [
    { term: 2, vote: 0, commit: 1 },
    { term: 1, vote: 3, commit: 1 },
  ]) {
    const { persister, saves, told, finish } = setUp();
    persister.append(write({ term: 1, vote: 0, commit: 0 }, [entryAt(1)], 1));
    finish();
    told();
    persister.append(write(state, [], 2));
    assert.is(saves.length, 2);
    assert.equal(told(), []);
    finish();
    assert.equal(told(), ["app-resp 2"]);
  }
});

test("a log is never cut behind what it says to be committed", () => {
  const { disk, persister, finish } = setUp();
  persister.append(write({ term: 1, vote: 2, commit: 0 }, [entryAt(1), entryAt(2)], 1));
  finish();
  persister.append(write({ term: 1, vote: 2, commit: 2 }, [], 2));
  persister.cut({ ...disk.snapshot, index: index(2), term: term(1) });
  assert.is(disk.snapshot.index, 2);
  assert.is(disk.hardState.commit, 2);
});

test.run();
