import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RaftoralError } from "../../src/errors.ts";
import { prng } from "../../src/std/prng.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import type { FileSystem } from "../../src/storage/disk/file-system.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { all, cut, entry, save, snapshotAt } from "../contract/log-store.ts";

/** What a cut of the log on disk costs, and what it leaves. */
const test = suite("storage: cut");

const SEGMENT_BYTES = 4_096;
const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};

/** Ten entries of 900 bytes: two and a half segments, with the first five behind a snapshot. */
async function written(fs: FileSystem): Promise<LogStore> {
  const store = await openDiskLogStore({ fs, directory: "d", segmentBytes: SEGMENT_BYTES });
  for (let at = 1; at <= 10; at++) await save(store, { entries: [entry(at, 1, 900)] });
  return store;
}

const segments = (disk: VirtualDisk): readonly string[] =>
  disk.paths().filter((path) => path.endsWith(".seg"));

/** Counts what is written into segments. */
function counting(fs: FileSystem): { readonly fs: FileSystem; bytes: number } {
  const counted = {
    bytes: 0,
    fs: {
      ...fs,
      open: async (path: string) => {
        const file = await fs.open(path);
        return {
          ...file,
          write: (at: number, bytes: Uint8Array) => {
            counted.bytes += path.endsWith(".reg") ? 0 : bytes.length;
            return file.write(at, bytes);
          },
        };
      },
    },
  };
  return counted;
}

test("a cut writes no entry again, and lets go of segments that hold none behind it", async () => {
  const disk = new VirtualDisk(prng(3));
  const counted = counting(disk.mount(timers));
  const store = await written(counted.fs);
  const before = segments(disk);
  counted.bytes = 0;
  await cut(store, snapshotAt(5, 1));
  assert.ok(counted.bytes < 500, `${counted.bytes} bytes for a cut`);
  assert.is(store.firstIndex(), 6);
  assert.is(segments(disk).length, before.length - 1);
  await cut(store, snapshotAt(10, 1));
  assert.is(segments(disk).length, 1, "what is written to stays");
});

test("a segment that a cut kept and that is gone is missed", async () => {
  const disk = new VirtualDisk(prng(4));
  const fs = disk.mount(timers);
  const store = await written(fs);
  await cut(store, snapshotAt(5, 1));
  disk.processDies();
  const again = disk.mount(timers);
  for (const path of disk
    .paths()
    .filter((one) => /\.(seg|reg)$/.test(one))
    .slice(0, 2)) {
    await again.unlink(path);
  }
  try {
    await openDiskLogStore({ fs: again, directory: "d", segmentBytes: SEGMENT_BYTES });
    assert.unreachable("a log without its beginning opens");
  } catch (error) {
    assert.is((error as RaftoralError).code, "log-damaged");
  }
});

test("a segment before the cut that a crash left is nothing, whole or not", async () => {
  const disk = new VirtualDisk(prng(5));
  const fs = disk.mount(timers);
  const lazy = { ...fs, unlink: async () => {} };
  const store = await written(lazy);
  const [oldest] = segments(disk);
  await cut(store, snapshotAt(5, 1));
  disk.processDies();
  assert.ok(oldest !== undefined && disk.rot(oldest, 100));
  const options = { fs: disk.mount(timers), directory: "d", segmentBytes: SEGMENT_BYTES };
  const again = await openDiskLogStore(options);
  assert.equal(
    all(again).map(({ index }) => index),
    [6, 7, 8, 9, 10],
  );
  assert.equal(again.faulty, []);
  assert.not.ok(segments(disk).includes(oldest ?? ""), "it goes at the next start");
});

test.run();
