// Bodies of snapshots in memory, on a disk that outlives who wrote them, as the log's is.

import type { Snapshot, SnapshotMetadata } from "../raft/types.ts";
import type { Index } from "../std/ids.ts";
import { ChunkSums, isChunk } from "./chunk-sums.ts";
import {
  chunkAt,
  decodeManifest,
  encodeManifest,
  type SnapshotManifest,
} from "./snapshot-codec.ts";
import {
  CHUNK_BYTES,
  SNAPSHOTS_KEPT,
  type SnapshotReader,
  type SnapshotStore,
  type SnapshotWriter,
} from "./snapshot-port.ts";

interface Body {
  readonly snapshot: Snapshot;
  readonly bytes: Uint8Array;
}

/** What survives a crash: bodies that were finished. */
export class MemorySnapshots implements SnapshotStore {
  readonly #chunkBytes: number;
  #bodies: readonly Body[] = [];
  /** Places of bodies that were set aside. */
  readonly broken: Index[] = [];

  constructor(chunkBytes: number = CHUNK_BYTES) {
    this.#chunkBytes = chunkBytes;
  }

  list(): readonly Snapshot[] {
    return this.#bodies.map(({ snapshot }) => snapshot);
  }

  create(expected?: SnapshotManifest): SnapshotWriter {
    const sums = new ChunkSums(expected?.chunkBytes ?? this.#chunkBytes, expected);
    let bytes = new Uint8Array(1024);
    return {
      get size() {
        return sums.size;
      },
      write: async (more) => {
        const at = sums.size;
        if (at + more.length > bytes.length) {
          const grown = new Uint8Array(Math.max(at + more.length, bytes.length * 2));
          grown.set(bytes);
          bytes = grown;
        }
        bytes.set(more, at);
        return sums.add(more);
      },
      finish: async (what, takenAtMs) =>
        this.#keep(what, sums.manifest(takenAtMs), bytes.slice(0, sums.size)),
      abort: async () => {},
    };
  }

  async open(at: Index): Promise<SnapshotReader | undefined> {
    const body = this.#bodies.find(({ snapshot }) => snapshot.index === at);
    if (body === undefined) return;
    const manifest = decodeManifest(body.snapshot.data);
    return {
      snapshot: body.snapshot,
      manifest,
      chunk: async (number) => {
        const { from, length } = chunkAt(manifest, number);
        const bytes = body.bytes.slice(from, from + length);
        return isChunk(manifest, number, bytes) ? bytes : undefined;
      },
      close: async () => {},
    };
  }

  async setAside(at: Index): Promise<void> {
    this.broken.push(at);
    this.#bodies = this.#bodies.filter(({ snapshot }) => snapshot.index !== at);
  }

  /** Flips a bit of a body, the newest one first. */
  rot(at = 0, body = 0): void {
    const bytes = this.#bodies[body]?.bytes;
    if (bytes !== undefined) bytes[at] = (bytes[at] ?? 0) ^ 1;
  }

  #keep(what: SnapshotMetadata, manifest: SnapshotManifest, bytes: Uint8Array): Snapshot {
    const { index, term, confState } = what;
    const snapshot = { index, term, confState, data: encodeManifest(manifest) };
    const others = this.#bodies.filter((body) => body.snapshot.index !== index);
    this.#bodies = [{ snapshot, bytes }, ...others]
      .sort((a, b) => b.snapshot.index - a.snapshot.index)
      .slice(0, SNAPSHOTS_KEPT);
    return snapshot;
  }
}
