import { constants, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FileError } from "../../src/storage/disk/file-system.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";

const test = suite("storage: the machine's own files");

const isDevice = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() ?? false) &&
  (constants.O_DSYNC ?? 0) !== 0;

test("what is written safely is where it was meant to be, and nothing else is", async () => {
  const directory = mkdtempSync(join(tmpdir(), "files-"));
  const path = join(directory, "file");
  const file = await nodeFileSystem().open(path);
  await file.write(0, new Uint8Array(10).fill(1));
  await file.writeSafely(4, new Uint8Array(2).fill(7));
  await file.writeSafely(9, new Uint8Array(3).fill(8));
  assert.equal([...(await file.read(0, 20))], [1, 1, 1, 1, 7, 7, 1, 1, 1, 8, 8, 8]);
  await file.close();
  assert.is(readFileSync(path).length, 12);
  rmSync(directory, { recursive: true });
});

test("a full disk refuses what is to be safe as any write: it may be tried again", async () => {
  const full = "/dev/full";
  if (!isDevice(full)) return;
  const file = await nodeFileSystem().open(full);
  for (let tried = 0; tried < 2; tried++) {
    const refusal = await file.writeSafely(0, new Uint8Array(1)).catch((error: unknown) => error);
    assert.instance(refusal, FileError);
    if (refusal instanceof FileError) assert.is(refusal.reason, "no-space");
  }
  await file.close();
});

test("of a file that cannot be opened again nothing is said to be safe", async () => {
  const directory = mkdtempSync(join(tmpdir(), "files-"));
  const file = await nodeFileSystem().open(join(directory, "file"));
  rmSync(directory, { recursive: true });
  const refusal = await file.writeSafely(0, new Uint8Array(1)).catch((error: unknown) => error);
  if (process.platform === "linux") assert.instance(refusal, FileError);
  await file.close();
});

test.run();
