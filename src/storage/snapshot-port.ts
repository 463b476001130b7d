// Bodies of snapshots: what a machine gave away, beside what it stands for.

import type { Snapshot, SnapshotMetadata } from "../raft/types.ts";
import type { Index } from "../std/ids.ts";
import type { SnapshotManifest } from "./snapshot-codec.ts";

/** How many whole bodies are kept: where the newest turns out bad, the one before stands in. */
export const SNAPSHOTS_KEPT = 2;

/** Of each chunk but the last: what is checked, read and sent as one. */
export const CHUNK_BYTES: number = 256 * 1024;

/**
 * 1. What `finish` settled survives a power cut; what was not finished is gone after one.
 * 2. No reader gives a byte that was not written: it says that it cannot.
 * 3. The newest `SNAPSHOTS_KEPT` are kept. A reader that is open reads on, whatever is kept.
 */
export interface SnapshotStore {
  /** Newest first. Their `data` is the manifest of the body. */
  list(): readonly Snapshot[];
  /** For a body that is made here or, with what it must become, one that comes from elsewhere. */
  create(expected?: SnapshotManifest): SnapshotWriter;
  /** undefined: there is none of that place. Rejects where the disk does. */
  open(at: Index): Promise<SnapshotReader | undefined>;
  /** It is not what was written: never to be read again, but kept for people to look at. */
  setAside(at: Index): Promise<void>;
}

export interface SnapshotWriter {
  /** Bytes that are taken and, where something is expected, not found to be otherwise. */
  readonly size: number;
  /**
   * The next bytes; one write at a time. False: a chunk is not what is expected, and `size` is back
   * at its beginning. Rejects as the disk does.
   */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Settles when it is durable under its name. Rejects where less than expected was written. */
  finish(what: SnapshotMetadata, takenAtMs: number): Promise<Snapshot>;
  /** Lets go of what was written. */
  abort(): Promise<void>;
}

export interface SnapshotReader {
  readonly snapshot: Snapshot;
  readonly manifest: SnapshotManifest;
  /** undefined: it is not what was written. */
  chunk(number: number): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}
