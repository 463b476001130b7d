import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prng } from "../../src/std/prng.ts";
import type { FileCall, FileError } from "../../src/storage/disk/file-system.ts";
import { untilFailure } from "../../src/storage/disk/final-failure.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";

const test = suite("storage: the first failure is the last call");

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};

const failed = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => undefined,
    (error: unknown) => error,
  );

test("who listens is told at once when a call fails; who listens later, then", async () => {
  const disk = new VirtualDisk(prng(1));
  const fs = untilFailure(disk.mount(timers));
  const file = await fs.open("d/a");
  const told: [string, FileError][] = [];
  fs.onFailure((failure) => told.push(["before", failure]));
  const calls: FileCall[] = [];
  disk.fails = (call) => {
    calls.push(call);
    return call.call === "sync";
  };
  await file.write(0, new Uint8Array([1]));
  assert.equal(told, []);
  const first = await failed(file.sync());
  assert.equal(told, [["before", first]]);
  fs.onFailure((failure) => told.push(["after", failure]));
  assert.equal(told.slice(1), [["after", first]]);
  for (const call of [file.write(0, new Uint8Array([2])), fs.unlink("d/a"), fs.open("d/b")]) {
    assert.is(await failed(call), first, "it is refused by the first failure");
  }
  assert.is(calls.length, 2, "and not made");
  assert.is(await failed(file.read(0, 1)), undefined, "reading is refused by nothing");
  assert.is(told.length, 2, "once each");
});

test("a disk that is full has not failed", async () => {
  const disk = new VirtualDisk(prng(1));
  const fs = untilFailure(disk.mount(timers));
  const file = await fs.open("d/a");
  fs.onFailure(() => assert.unreachable("it is only full"));
  disk.capacityBytes = 0;
  assert.match(String(await failed(file.write(0, new Uint8Array(8)))), "no space");
  disk.capacityBytes = 8;
  await file.write(0, new Uint8Array(8));
  assert.is(fs.failure, undefined);
});

test.run();
