import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EMPTY_CONF_STATE, type Snapshot } from "../../src/raft/types.ts";
import { index, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { openDiskSnapshots } from "../../src/storage/disk/disk-snapshots.ts";
import type { FileSystem } from "../../src/storage/disk/file-system.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import { MemorySnapshots } from "../../src/storage/memory-snapshots.ts";
import { decodeManifest } from "../../src/storage/snapshot-codec.ts";
import type { SnapshotStore } from "../../src/storage/snapshot-port.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";

/** The promises of `storage/snapshot-port.ts`, in memory, on a virtual disk and on real files. */
const test = suite("storage: snapshots", { limitMs: 60_000 });

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};
const body = (at: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (at * 31 + i * 7) % 251);

async function keep(store: SnapshotStore, at: number, bytes: Uint8Array): Promise<Snapshot> {
  const writer = store.create();
  for (let from = 0; from < bytes.length; from += 1_000) {
    assert.ok(await writer.write(bytes.subarray(from, from + 1_000)));
  }
  return writer.finish({ index: index(at), term: term(3), confState: EMPTY_CONF_STATE }, 1_700);
}

/** undefined: a chunk is not what was written. */
async function read(store: SnapshotStore, at: number): Promise<Uint8Array | undefined> {
  const reader = await store.open(index(at));
  if (reader === undefined) return;
  const all = new Uint8Array(reader.manifest.bytes);
  let to = 0;
  for (let i = 0; i < reader.manifest.checksums.length; i++) {
    const chunk = await reader.chunk(i);
    if (chunk === undefined) return;
    all.set(chunk, to);
    to += chunk.length;
  }
  await reader.close();
  return all;
}

type Opened = (store: () => Promise<SnapshotStore>) => Promise<void>;
const worlds: Readonly<Record<string, (law: Opened) => Promise<void>>> = {
  memory: async (law) => {
    const store = new MemorySnapshots(512);
    await law(async () => store);
  },
  "a virtual disk": async (law) => {
    const disk = new VirtualDisk(prng(4));
    await law(async () => {
      disk.powerCut();
      return openDiskSnapshots(disk.mount(timers), "s");
    });
  },
  "real files": async (law) => {
    const directory = mkdtempSync(join(tmpdir(), "snapshots-"));
    try {
      await law(() => openDiskSnapshots(nodeFileSystem(), directory));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

for (const [name, world] of Object.entries(worlds)) {
  test(`${name}: 1, 3: what was finished is there, the newest two of it`, () =>
    world(async (open) => {
      let store = await open();
      for (const at of [5, 9, 12]) await keep(store, at, body(at, 3_000 + at));
      const left = store.create();
      await left.write(body(1, 100));
      store = await open();
      assert.equal(
        store.list().map(({ index: at }) => at),
        [12, 9],
      );
      for (const at of [9, 12]) assert.equal(await read(store, at), body(at, 3_000 + at));
      assert.is(await read(store, 5), undefined);
      // Its life is over: all that is left of it is a handle.
      void left.abort().catch(() => {});
    }));

  test(`${name}: what several find broken at once is set aside, and nobody fails`, () =>
    world(async (open) => {
      const store = await open();
      for (const at of [5, 9]) await keep(store, at, body(at, 3_000));
      await Promise.all([9, 9, 9, 4].map((at) => store.setAside(index(at))));
      assert.is(await read(store, 9), undefined);
      assert.equal(await read(store, 5), body(5, 3_000));
    }));

  test(`${name}: what comes from elsewhere is taken chunk by chunk as it is expected`, () =>
    world(async (open) => {
      const store = await open();
      const bytes = body(7, 300_000);
      const source = new MemorySnapshots(100_000);
      const expected = decodeManifest((await keep(source, 7, bytes)).data);
      const writer = store.create(expected);
      assert.ok(await writer.write(bytes.subarray(0, 150_000)));
      assert.not.ok(await writer.write(bytes.subarray(100_000, 200_000)), "in another's place");
      assert.is(writer.size, 100_000, "back to where it was right");
      assert.ok(await writer.write(bytes.subarray(100_000)));
      await writer.finish({ index: index(7), term: term(3), confState: EMPTY_CONF_STATE }, 0);
      assert.equal(await read(store, 7), bytes);
    }));
}

async function whole(fs: FileSystem): Promise<readonly number[]> {
  const store = await openDiskSnapshots(fs, "s");
  return store.list().map(({ index: at }) => Number(at));
}

test("whatever byte rots, the file is set aside, and the one before it is there", async () => {
  const length = 700;
  for (let at = 0; at < length + 40; at++) {
    const disk = new VirtualDisk(prng(9));
    const store = await openDiskSnapshots(disk.mount(timers), "s");
    await keep(store, 3, body(3, 50));
    await keep(store, 8, body(8, length));
    disk.powerCut();
    if (!disk.rot("s/0000000000000008.body", at)) break;
    assert.equal(await whole(disk.mount(timers)), [3], `byte ${at}`);
    assert.ok(disk.paths().includes("s/0000000000000008.body.broken"));
  }
});

test("when the power goes while one is written, it is there whole or not at all", async () => {
  for (let seed = 1; seed <= 80; seed++) {
    const random = prng(seed);
    const disk = new VirtualDisk(random);
    const store = await openDiskSnapshots(disk.mount(timers), "s");
    await keep(store, 3, body(3, 600));
    let isDone = false;
    void keep(store, 8, body(8, 2_500)).then(() => {
      isDone = true;
    });
    for (let turn = random.below(14); turn > 0; turn--) {
      await new Promise((next) => setImmediate(next));
    }
    disk.powerCut();
    const found = await whole(disk.mount(timers));
    assert.ok(found.includes(3), `SEED=${seed}`);
    assert.ok(!isDone || found.includes(8), `SEED=${seed}: what was done is there`);
    assert.is(disk.paths().filter((path) => path.endsWith(".tmp")).length, 0);
  }
});

test.run();
