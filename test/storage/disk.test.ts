import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RaftoralError } from "../../src/errors.ts";
import type { Entry } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import type { LogStore, Save } from "../../src/storage/port.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { all, entry, logStoreContract, save } from "../contract/log-store.ts";

/** Small, so that tests turn over many segments. */
const SEGMENT_BYTES = 4_096;
const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};

const openOn = (disk: VirtualDisk): Promise<LogStore> =>
  openDiskLogStore({ fs: disk.mount(timers), directory: "d", segmentBytes: SEGMENT_BYTES });

logStoreContract("disk, virtual", async () => {
  const disk = new VirtualDisk(prng(5));
  return {
    open: () => openOn(disk),
    crash: async () => disk.powerCut(),
    close: async () => {},
  };
});

logStoreContract("disk, real files", async () => {
  const directory = mkdtempSync(join(tmpdir(), "log-"));
  let present: LogStore | undefined;
  return {
    open: async () => {
      present = await openDiskLogStore({
        fs: nodeFileSystem(),
        directory,
        segmentBytes: SEGMENT_BYTES,
      });
      return present;
    },
    // A process that dies takes no written byte with it; what was under way comes to its end.
    crash: async () => {
      present?.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close: async () => {
      present?.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

const test = suite("storage: disk", { limitMs: 60_000 });

/** What the disk promised, and what was under way when the power went. */
interface Model {
  log: readonly Entry[];
  term: number;
  vote: number;
}

function nextSave(random: Prng, model: Model): { what: Save; after: Model } {
  const from = 1 + random.below(model.log.length + 1);
  const isTerm = random.chance(0.2);
  const ofTerm = model.term + (isTerm ? 1 : 0);
  const bytes = random.chance(0.1) ? 6_000 : random.below(400);
  const entries = Array.from({ length: random.below(5) }, (_, i) => entry(from + i, ofTerm, bytes));
  const log = entries.length === 0 ? model.log : [...model.log.slice(0, from - 1), ...entries];
  const vote = isTerm ? random.below(4) : model.vote;
  const hardState = { term: term(ofTerm), vote: nodeId(vote), commit: index(0) };
  return { what: { hardState, entries }, after: { log, term: ofTerm, vote } };
}

const isModel = (store: LogStore, { log, term: ofTerm, vote }: Model): boolean => {
  const { hardState } = store.initialState();
  const found = all(store);
  return (
    hardState.term === ofTerm &&
    hardState.vote === vote &&
    found.length === log.length &&
    found.every((one, i) => one.term === log[i]?.term && one.index === log[i]?.index)
  );
};

/** Method: a model beside it; the power goes at any turn, with any of the unsynced sectors lost. */
test("when the power goes, what was done is there, and of the rest all or nothing", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = prng(seed);
    const disk = new VirtualDisk(random);
    let store = await openOn(disk);
    let model: Model = { log: [], term: 0, vote: 0 };
    for (let round = 0; round < 40; round++) {
      const { what, after } = nextSave(random, model);
      if (random.chance(0.7)) {
        await save(store, what);
        model = after;
        continue;
      }
      let isDone = false;
      store.save(what, () => {
        isDone = true;
      });
      for (let turn = random.below(12); turn > 0; turn--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      disk.powerCut();
      store = await openOn(disk);
      const isAfter = isModel(store, after);
      assert.ok(isAfter || (!isDone && isNear(store, model, after)), `SEED=${seed} round ${round}`);
      model = modelOf(store);
    }
  }
});

const modelOf = (store: LogStore): Model => {
  const { term: ofTerm, vote } = store.initialState().hardState;
  return { log: all(store), term: ofTerm, vote };
};

/** As it was before. */
const isNear = (store: LogStore, before: Model, after: Model): boolean =>
  isModel(store, before) || isModel(store, { ...before, term: after.term, vote: after.vote });

const mend = (store: LogStore, entries: readonly Entry[]): Promise<void> =>
  new Promise((resolve, reject) => {
    store.mend({ entries }, (failure) =>
      failure === undefined ? resolve() : reject(new Error(failure.reason)),
    );
  });

/** On a disk whose registers a kill left whole. */
async function rotten(random: Prng): Promise<{ disk: VirtualDisk; model: Model }> {
  const disk = new VirtualDisk(random);
  const store = await openOn(disk);
  let model: Model = { log: [], term: 0, vote: 0 };
  for (let i = 0; i < 12; i++) {
    const { what, after } = nextSave(random, model);
    await save(store, what);
    model = after;
  }
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  disk.processDies();
  return { disk, model };
}

test("a byte that rots is found; entries that it hit are known, and can be mended", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const random = prng(seed);
    const { disk, model } = await rotten(random);
    const paths = disk.paths().filter((path) => path.endsWith(".seg"));
    const path = paths[random.below(paths.length)] ?? "";
    disk.rot(path, random.below(disk.size(path)));
    const store = await openOn(disk);
    seen.add(store.faulty.length > 0 ? "faulty" : "whole");
    assert.is(store.lastIndex(), model.log.length, `SEED=${seed}: what is faulty is not absent`);
    for (const { index: at } of store.faulty) {
      const read = store.entries(at, index(at + 1), 0);
      assert.equal(read, { ok: false, error: "temporarily-unavailable" });
    }
    if (store.faulty.length > 0) await mend(store, model.log);
    disk.powerCut();
    const again = await openOn(disk);
    assert.equal(again.faulty, [], `SEED=${seed}`);
    assert.equal(all(again), model.log, `SEED=${seed}`);
  }
  assert.equal([...seen].sort(), ["faulty", "whole"]);
});

test("an entry is mended by nothing but what it was, to the byte", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  await save(store, { entries: [entry(1, 1), entry(2, 1)] });
  await save(store, { entries: [entry(3, 1)] });
  disk.processDies();
  const [path = ""] = disk.paths().filter((one) => one.endsWith(".seg"));
  disk.rot(path, 70);
  const [first] = (await openOn(disk)).faulty;
  assert.is(first?.index, 1);
  assert.ok(first?.accepts(entry(1, 1)));
  assert.not.ok(first?.accepts({ ...entry(1, 1), data: new Uint8Array([1, 1, 2]) }));
  assert.not.ok(first?.accepts(entry(1, 2)));
  assert.not.ok(first?.accepts(entry(2, 1)));
  assert.not.ok(first?.accepts({ ...entry(1, 1), kind: "conf-change" }));
});

test("where a frame and what the register knows of it rot, the log is refused", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  for (let at = 1; at <= 3; at++) await save(store, { entries: [entry(at, 1)] });
  disk.processDies();
  for (const path of disk.paths()) {
    if (path.endsWith(".seg")) disk.rot(path, 32 + 64 + 40);
    if (path.endsWith(".reg")) disk.rot(path, 64 + 40);
  }
  await openOn(disk).then(
    () => assert.unreachable("it opened"),
    (error: RaftoralError) => {
      assert.is(error.code, "log-damaged");
      assert.match(error.message, "of saves 2 to 2 nothing is left");
    },
  );
});

/** What was read is acknowledged and voted on: so it must be safe before it is read. */
test("what a killed process wrote and never synced is safe once it was read", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = prng(seed);
    const disk = new VirtualDisk(random);
    let store = await openOn(disk);
    for (let round = 0; round < 4; round++) {
      const { what } = nextSave(random, modelOf(store));
      store.save(what, () => {});
      for (let turn = random.below(12); turn > 0; turn--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      disk.processDies();
      const read = modelOf(await openOn(disk));
      disk.powerCut();
      store = await openOn(disk);
      assert.ok(isModel(store, read), `SEED=${seed} round ${round}`);
    }
  }
});

test("a sync that fails is told as a failure, and nothing after it is told as done", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  await save(store, { entries: [entry(1, 1)] });
  disk.nextSyncFails = true;
  const failed = await save(store, { entries: [entry(2, 1)] }).then(
    () => "done",
    (error: Error) => error.message,
  );
  assert.is(failed, "write-failed");
  const again = await save(store, { entries: [entry(2, 1)] }).then(
    () => "done",
    (error: Error) => error.message,
  );
  assert.is(again, "write-failed", "it is never tried again");
  disk.powerCut();
  assert.equal(all(await openOn(disk)), [entry(1, 1)]);
});

test("a full disk is told as such", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  await save(store, { entries: [entry(1, 1)] });
  disk.capacityBytes = 0;
  const failed = await save(store, { entries: [entry(2, 1, 5_000)] }).then(
    () => "done",
    (error: Error) => error.message,
  );
  assert.is(failed, "no-space");
});

test("the log does not grow by what crashes leave", async () => {
  const random = prng(8);
  const disk = new VirtualDisk(random);
  for (let i = 0; i < 30; i++) {
    const store = await openOn(disk);
    store.save({ entries: [entry(1, i + 1, 100)] }, () => {});
    for (let turn = random.below(10); turn > 0; turn--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    disk.powerCut();
  }
  await openOn(disk);
  assert.ok(disk.paths().length <= 5, disk.paths().join(" "));
});

test.run();
