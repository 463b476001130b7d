import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Deferred, deferred } from "../../src/std/deferred.ts";
import { type File, FileError, type FileSystem } from "../../src/storage/disk/file-system.ts";
import { untilFailure } from "../../src/storage/disk/final-failure.ts";
import { untilQuiet } from "../../src/storage/disk/quiet.ts";

/** Directories that are left while something is under way. */
const test = suite("storage: quiet");

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise<void>((next) => void setImmediate(next));
};

/** A file whose calls are done when the test says so. */
class Held {
  readonly waiting: Deferred<void>[] = [];
  readonly fs: FileSystem;

  constructor() {
    const call = (): Promise<void> => {
      const waiter = deferred<void>();
      this.waiting.push(waiter);
      return waiter.promise;
    };
    const file: File = {
      size: async () => 0,
      read: async () => new Uint8Array(),
      write: call,
      sync: call,
      writeSafely: call,
      close: call,
    };
    this.fs = {
      open: async () => file,
      list: async () => [],
      makeDirectory: call,
      rename: call,
      unlink: call,
      syncDirectory: call,
      free: async () => 0,
      used: async () => 0,
    };
  }
}

test("it is quiet when what was under way is done, and what followed on it", async () => {
  const held = new Held();
  const fs = untilFailure(held.fs);
  const file = await fs.open("a");
  // As a body of a snapshot: a step after the other, a turn between some of them.
  const work = (async () => {
    await file.write(0, new Uint8Array(1));
    await file.sync();
    await turns(1);
    await file.close();
    await fs.rename("a", "b");
  })();
  let isQuiet = false;
  const quiet = untilQuiet(fs, timers).then(() => {
    isQuiet = true;
  });
  for (let step = 0; step < 4; step++) {
    await turns(10);
    assert.not(isQuiet, `at step ${step}`);
    held.waiting[step]?.resolve();
  }
  await work;
  await quiet;
  assert.is(held.waiting.length, 4);
});

test("a call that fails is done too", async () => {
  const held = new Held();
  const fs = untilFailure(held.fs);
  const failed = fs.unlink("a").catch(() => {});
  const quiet = untilQuiet(fs, timers);
  held.waiting[0]?.reject(new FileError("failed", { call: "remove", path: "a" }, "gone"));
  await Promise.all([failed, quiet]);
  assert.is(fs.underWay.size, 0);
});

test.run();
