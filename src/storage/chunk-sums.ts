// Checksums of a body's chunks, as its bytes come: each begun from the one before, so that a chunk
// in another's place is found too.

import { crc32 } from "node:zlib";
import { assert } from "../std/assert.ts";
import type { SnapshotManifest } from "./snapshot-codec.ts";

export class ChunkSums {
  readonly #chunkBytes: number;
  readonly #expected: SnapshotManifest | undefined;
  readonly #done: number[] = [];
  #present = 0;
  #size = 0;

  constructor(chunkBytes: number, expected?: SnapshotManifest) {
    this.#chunkBytes = chunkBytes;
    this.#expected = expected;
  }

  get size(): number {
    return this.#size;
  }

  /** False: a chunk is not as expected; the size is back at its beginning. */
  add(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) {
      const room = this.#chunkBytes - (this.#size % this.#chunkBytes);
      const part = bytes.subarray(at, at + room);
      this.#present = crc32(part, this.#size % this.#chunkBytes === 0 ? this.#last : this.#present);
      this.#size += part.length;
      at += part.length;
      const isWhole = this.#size % this.#chunkBytes === 0 || this.#size === this.#expected?.bytes;
      if (isWhole && !this.#close()) return false;
    }
    return true;
  }

  get #last(): number {
    return this.#done.at(-1) ?? 0;
  }

  #close(): boolean {
    const expected = this.#expected?.checksums[this.#done.length];
    if (this.#expected !== undefined && expected !== this.#present) {
      this.#size = this.#done.length * this.#chunkBytes;
      return false;
    }
    this.#done.push(this.#present);
    return true;
  }

  manifest(takenAtMs: number): SnapshotManifest {
    assert(
      this.#expected === undefined || this.#size === this.#expected.bytes,
      "a body that is expected came whole",
    );
    if (this.#expected !== undefined) return this.#expected;
    if (this.#done.length * this.#chunkBytes < this.#size) this.#close();
    const checksums = this.#done;
    return { takenAtMs, bytes: this.#size, chunkBytes: this.#chunkBytes, checksums };
  }
}

/** Is this that chunk? */
export const isChunk = (
  { checksums }: SnapshotManifest,
  number: number,
  bytes: Uint8Array,
): boolean => crc32(bytes, checksums[number - 1] ?? 0) === checksums[number];
