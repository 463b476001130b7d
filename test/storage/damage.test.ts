import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { EMPTY_CONF_STATE } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import { openDiskSnapshots } from "../../src/storage/disk/disk-snapshots.ts";
import type { File } from "../../src/storage/disk/file-system.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import { type FoundVote, readVote, writeVote } from "../../src/storage/disk/vote-file.ts";
import { cut, entry, save, snapshotAt } from "../contract/log-store.ts";

/**
 * Every byte flipped and every length cut, of all that a node keeps beside its log's frames (those:
 * scan.test.ts): found, and never taken for something that was not written.
 */
const test = suite("storage: damage", { limitMs: 120_000 });

/** A file in memory that the test lays its hands on. */
function fileOf(bytes: Uint8Array): File & { bytes: Uint8Array } {
  const file = {
    bytes,
    size: async () => file.bytes.length,
    read: async (at: number, length: number) => file.bytes.slice(at, at + length),
    write: async (at: number, more: Uint8Array) => {
      const grown = new Uint8Array(Math.max(file.bytes.length, at + more.length));
      grown.set(file.bytes);
      grown.set(more, at);
      file.bytes = grown;
    },
    sync: async () => {},
    writeSafely: (at: number, more: Uint8Array) => file.write(at, more),
    close: async () => {},
  };
  return file;
}

const flipped = (bytes: Uint8Array, ...places: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes); // A slice of a Buffer is no copy.
  for (const at of places) copy[at] = (copy[at] ?? 0) ^ 0x21;
  return copy;
};

const ballot = (ofTerm: number, vote: number) => ({ term: term(ofTerm), vote: nodeId(vote) });
const read = (bytes: Uint8Array): Promise<FoundVote> => readVote(fileOf(bytes));

async function voteFile(): Promise<Uint8Array> {
  const file = fileOf(new Uint8Array());
  await writeVote(file, ballot(4, 3));
  await writeVote(file, ballot(5, 2));
  return file.bytes;
}

test("a vote outlives any byte of its file, and never turns into another one", async () => {
  const bytes = await voteFile();
  const promised = { kind: "found", vote: ballot(5, 2) };
  for (let at = 0; at < bytes.length; at++) {
    assert.equal(await read(flipped(bytes, at)), promised, `byte ${at}`);
  }
  const slot = bytes.length / 2;
  let rotten = 0;
  for (let a = 0; a < 40; a++) {
    for (let b = 0; b < 40; b++) {
      const found = await read(flipped(bytes, a, slot + b));
      if (found.kind === "rotten") rotten++;
      else assert.equal(found, promised, `bytes ${a} and ${slot + b}`);
    }
  }
  assert.ok(rotten > 500, `both copies gone is told as rotten: ${rotten}`);
});

test("between two votes, a byte that rots leaves one of the two", async () => {
  const file = fileOf(new Uint8Array());
  await writeVote(file, ballot(4, 3));
  const before = file.bytes.slice();
  await writeVote(file, ballot(5, 2));
  const half = file.bytes.slice();
  half.set(before.subarray(before.length / 2), before.length / 2);
  for (let at = 0; at < half.length; at++) {
    const found = await read(flipped(half, at));
    assert.ok(found.kind === "found" && [4, 5].includes(found.vote.term), `byte ${at}`);
    assert.is(found.vote.vote, found.vote.term === 5 ? 2 : 3);
  }
});

const fs = nodeFileSystem();

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "damage-"));
  try {
    await act(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof RaftoralError && error.code === "log-damaged";

test("a vote file that was cut anywhere: the log knows what was promised, or it is refused", () =>
  inDirectory(async (directory) => {
    const first = await openDiskLogStore({ fs, directory });
    await save(first, { hardState: { ...ballot(5, 2), commit: index(0) }, entries: [entry(1, 5)] });
    first.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const path = join(directory, "vote");
    const bytes = readFileSync(path);
    for (const length of [...Array(40).keys(), 511, 512, 513, 530, 543, 544, 1_000]) {
      writeFileSync(path, bytes);
      truncateSync(path, length);
      try {
        const store = await openDiskLogStore({ fs, directory });
        const { hardState } = store.initialState();
        assert.equal([hardState.term, hardState.vote], [5, 2], `${length} bytes`);
        store.close();
        await new Promise((resolve) => setTimeout(resolve, 5));
      } catch (error) {
        assert.ok(isDamage(error), `${length} bytes: ${error}`);
      }
    }
  }));

test("a snapshot's body that was cut anywhere is set aside, and the one before it is there", () =>
  inDirectory(async (directory) => {
    const store = await openDiskSnapshots(fs, directory);
    for (const [at, length] of [
      [3, 50],
      [8, 300],
    ] as const) {
      const writer = store.create();
      assert.ok(await writer.write(new Uint8Array(length).fill(at)));
      const what = { index: index(at), term: term(3), confState: EMPTY_CONF_STATE };
      await writer.finish(what, 0);
    }
    const path = join(directory, "0000000000000008.body");
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      const again = await openDiskSnapshots(fs, directory);
      assert.equal(
        again.list().map(({ index: at }) => Number(at)),
        [3],
        `${length} bytes`,
      );
      assert.ok(readdirSync(directory).includes("0000000000000008.body.broken"));
    }
  }));

test("damage of what the log says of its snapshot never goes unseen", () =>
  inDirectory(async (directory) => {
    const first = await openDiskLogStore({ fs, directory });
    await save(first, { entries: [1, 2, 3, 4, 5].map((at) => entry(at, 1)) });
    await cut(first, snapshotAt(3, 1));
    first.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const name = readdirSync(directory).find((one) => one.endsWith(".snap")) ?? "";
    const path = join(directory, name);
    const bytes = readFileSync(path);
    const damaged = Array.from({ length: bytes.length }, (_, at) => [
      flipped(bytes, at),
      bytes.subarray(0, at),
    ]).flat();
    for (const [i, one] of damaged.entries()) {
      writeFileSync(path, one);
      const opened = openDiskLogStore({ fs, directory }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(isDamage(await opened), `damage ${i} goes unseen`);
    }
  }));

test.run();
