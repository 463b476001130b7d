import { suite } from "uvu";
import * as assert from "uvu/assert";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import { openDiskSnapshots } from "../../src/storage/disk/disk-snapshots.ts";
import { writeAll } from "../../src/storage/disk/node-file-system.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { all, entry, save } from "../contract/log-store.ts";

const test = suite("storage: a full disk", { limitMs: 60_000 });

const SEGMENT_BYTES = 4_096;
const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};

const openOn = (disk: VirtualDisk): Promise<LogStore> =>
  openDiskLogStore({ fs: disk.mount(timers), directory: "d", segmentBytes: SEGMENT_BYTES });

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

const hardState = (
  inTerm: number,
  vote: number,
): NonNullable<Parameters<typeof save>[1]["hardState"]> => ({
  term: term(inTerm),
  vote: nodeId(vote),
  commit: index(0),
});

const told = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => "done",
    (error: Error) => error.message,
  );

/** Entries are saved until there is no room; how many were. */
async function fill(store: LogStore): Promise<number> {
  for (let at = store.lastIndex() + 1; ; at++) {
    const outcome = await told(save(store, { entries: [entry(at, 1, 100)] }));
    if (outcome === "done") continue;
    assert.is(outcome, "no-space");
    return at - 1;
  }
}

test("a write that takes a part is gone on with until all is written", async () => {
  const wrote: number[] = [];
  const file = new Uint8Array(20);
  const short = {
    write: (bytes: Uint8Array, from: number, length: number, at: number) => {
      const bytesWritten = Math.min(3, length);
      file.set(bytes.subarray(from, from + bytesWritten), at);
      wrote.push(bytesWritten);
      return Promise.resolve({ bytesWritten, buffer: bytes });
    },
  };
  const bytes = Uint8Array.from({ length: 11 }, (_, i) => i + 1);
  await writeAll(short as never, 5, bytes);
  assert.equal([...file.subarray(5, 16)], [...bytes]);
  assert.equal(wrote, [3, 3, 3, 2]);
  const none = { write: () => Promise.resolve({ bytesWritten: 0, buffer: bytes }) };
  await writeAll(none as never, 0, bytes).then(
    () => assert.unreachable("it never ends, or lies"),
    (error: Error) => assert.match(error.message, "takes nothing"),
  );
});

/** Whatever the number of bytes that are left: each file is cut short at each place. */
test("what a full disk refuses changed nothing; with room again it is taken", async () => {
  for (let spareBytes = 0; spareBytes < 3 * SEGMENT_BYTES; spareBytes += 61) {
    const disk = new VirtualDisk(prng(spareBytes + 1));
    const store = await openOn(disk);
    await save(store, { hardState: hardState(1, 2), entries: [entry(1, 1, 100)] });
    disk.capacityBytes = disk.usedBytes + spareBytes;
    const count = await fill(store);
    const what = { hardState: hardState(2, 1), entries: [entry(count + 1, 2, 100)] };
    assert.is(await told(save(store, what)), "no-space");
    assert.is(store.lastIndex(), count, "it is not there");
    assert.ok(store.isFull);
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    assert.is(await told(save(store, what)), "done", `${spareBytes} bytes were left`);
    disk.powerCut();
    const again = await openOn(disk);
    assert.is(all(again).length, count + 1);
    assert.equal(again.initialState().hardState, hardState(2, 1));
    assert.equal(again.faulty, []);
  }
});

test("what it refused is not there after a loss of power, and all before it is", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = prng(seed);
    const disk = new VirtualDisk(random);
    const store = await openOn(disk);
    await save(store, { entries: [entry(1, 1, 100)] });
    disk.capacityBytes = disk.usedBytes + random.below(2 * SEGMENT_BYTES);
    const count = await fill(store);
    disk.powerCut();
    // It may start while the disk is still full.
    if (random.chance(0.5)) disk.capacityBytes = Number.POSITIVE_INFINITY;
    const again = await openOn(disk);
    assert.is(all(again).length, count, `SEED=${seed}`);
  }
});

test("the last of the room is for those that may use the reserve", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  const heard: boolean[] = [];
  store.listen({ onFailure: () => assert.unreachable(), onRoom: (isFull) => heard.push(isFull) });
  await save(store, { entries: [entry(1, 1, 100)] });
  disk.capacityBytes = disk.usedBytes + 2_000;
  const count = await fill(store);
  assert.equal(heard, [true]);
  for (let inTerm = 2; inTerm <= 4; inTerm++) {
    const urgent = { hardState: hardState(inTerm, 1), mayUseReserve: true };
    assert.is(await told(save(store, urgent)), "done");
  }
  const again = { entries: [entry(count + 1, 1, 100)] };
  assert.is(await told(save(store, again)), "no-space", "the reserve is not for these");
  assert.is(await told(save(store, { ...again, mayUseReserve: true })), "done");
  store.lookForRoom();
  await turns(20);
  assert.equal(heard, [true], "there is no room yet");
  disk.capacityBytes = Number.POSITIVE_INFINITY;
  store.lookForRoom();
  await turns(20);
  assert.equal(heard, [true, false]);
  assert.not.ok(store.isFull);
  disk.powerCut();
  const { initialState, lastIndex } = await openOn(disk).then((one) => ({
    initialState: one.initialState(),
    lastIndex: one.lastIndex(),
  }));
  assert.is(lastIndex, count + 1);
  assert.is(initialState.hardState.term, 4);
});

test("a node becomes full before its last segment is, not with it", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  await save(store, { entries: [entry(1, 1, 100)] });
  disk.capacityBytes = disk.usedBytes + 1_000;
  let at = 2;
  for (; !store.isFull; at++) {
    assert.is(await told(save(store, { entries: [entry(at, 1, 100)] })), "done");
    await turns(5);
  }
  assert.is(await told(save(store, { entries: [entry(at, 1, 100)] })), "done", "there is room yet");
});

test("where there is no room for another segment, what a snapshot lets go makes some", async () => {
  const disk = new VirtualDisk(prng(1));
  const store = await openOn(disk);
  for (let at = 1; at <= 60; at++) await save(store, { entries: [entry(at, 1, 200)] });
  disk.capacityBytes = disk.usedBytes + 2_500;
  const count = await fill(store);
  const used = disk.usedBytes;
  const snapshot = {
    index: index(count - 1),
    term: term(1),
    confState: { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
    data: new Uint8Array(10),
  };
  await save(store, { snapshot, entries: [entry(count, 1, 100)] });
  assert.ok(disk.usedBytes < used - 2 * SEGMENT_BYTES, `${disk.usedBytes} of ${used} bytes`);
  await save(store, { entries: [entry(count + 1, 1, 100)] });
  disk.powerCut();
  const again = await openOn(disk);
  assert.is(again.firstIndex(), count);
  assert.is(again.lastIndex(), count + 1);
  // The segment is kept that has the first save that counts, although it began before that.
  disk.powerCut();
  assert.is((await openOn(disk)).lastIndex(), count + 1, "at the start after that, too");
});

test("a snapshot without room leaves nothing behind, and those before it stay", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = prng(seed);
    const disk = new VirtualDisk(random);
    const store = await openDiskSnapshots(disk.mount(timers), "s");
    const what = (at: number) => ({
      index: index(at),
      term: term(1),
      confState: {
        voters: [],
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
    });
    const write = async (at: number): Promise<void> => {
      const writer = store.create();
      for (let i = 0; i < 4; i++) await writer.write(new Uint8Array(500).fill(at));
      await writer.finish(what(at), 1);
    };
    await write(5);
    const used = disk.usedBytes;
    disk.capacityBytes = used + random.below(2_000);
    assert.match(await told(write(9)), "no space left");
    assert.is(disk.usedBytes, used, `SEED=${seed}: it takes room`);
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    assert.is(await told(write(9)), "done");
    disk.powerCut();
    const again = await openDiskSnapshots(disk.mount(timers), "s");
    assert.equal(
      again.list().map((one) => one.index),
      [9, 5],
    );
  }
});

test.run();
