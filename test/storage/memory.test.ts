import { suite } from "uvu";
import * as assert from "uvu/assert";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { createMemoryLogStore, MemoryDisk } from "../../src/storage/memory.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { all, entry, type LogStoreWorld, logStoreContract, save } from "../contract/log-store.ts";

async function world(sync?: (complete: () => void) => void): Promise<LogStoreWorld> {
  const disk = new MemoryDisk();
  const random = prng(3);
  return {
    open: async () => createMemoryLogStore(sync === undefined ? { disk } : { disk, sync }),
    crash: async () => disk.powerCut(random),
    close: async () => {},
  };
}

logStoreContract("memory", () => world());
logStoreContract("memory, slow", () => world((complete) => void setImmediate(complete)));

const test = suite("storage: memory disk");

interface Held {
  readonly disk: MemoryDisk;
  readonly store: LogStore;
  complete: () => void;
  done: number;
}

/** One durable entry of term 1, and a save of two more under way. */
async function underWay(): Promise<Held> {
  const disk = new MemoryDisk();
  const first = createMemoryLogStore({ disk });
  await save(first, { entries: [entry(1, 1)] });
  const held: Held = {
    disk,
    store: createMemoryLogStore({
      disk,
      sync: (complete) => {
        held.complete = complete;
      },
    }),
    complete: () => {},
    done: 0,
  };
  const hardState = { term: term(2), vote: nodeId(1), commit: index(0) };
  held.store.save({ hardState, entries: [entry(2, 2), entry(3, 2)] }, () => {
    held.done++;
  });
  return held;
}

test("what was not done is lost with the power; a late fsync changes nothing", async () => {
  const held = await underWay();
  held.disk.powerCut();
  held.complete();
  assert.is(held.done, 0);
  assert.equal(all(createMemoryLogStore({ disk: held.disk })), [entry(1, 1)]);
});

test("with chance, a power cut leaves every beginning of what was under way", async () => {
  const seen = new Set<string>();
  const random = prng(9);
  for (let i = 0; i < 100; i++) {
    const held = await underWay();
    held.disk.powerCut(random);
    const again = createMemoryLogStore({ disk: held.disk });
    seen.add(`${again.lastIndex()} in term ${again.initialState().hardState.term}`);
  }
  const expected = ["1 in term 0", "2 in term 0", "3 in term 0", "3 in term 2"];
  assert.equal([...seen].sort(), expected);
});

test("a vote outlives the store that wrote it", async () => {
  const disk = new MemoryDisk();
  const hardState = { term: term(7), vote: nodeId(3), commit: index(0) };
  await save(createMemoryLogStore({ disk }), { hardState });
  assert.equal(createMemoryLogStore({ disk }).initialState().hardState, hardState);
});

test("two saves at once are a bug of the caller, and found", async () => {
  const held = await underWay();
  assert.throws(() => held.store.save({ entries: [] }, () => {}), /one save is under way/);
});

test("an append with a gap is a bug of the caller, and found", () => {
  const store = createMemoryLogStore();
  assert.throws(() => store.save({ entries: [entry(2, 1)] }, () => {}), /leaves no gap/);
});

test.run();
