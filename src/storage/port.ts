// Keeping a group's log, term and vote.

import type { Storage } from "../raft/storage.ts";
import type { Entry, HardState, Snapshot } from "../raft/types.ts";

/** What is written in one go. */
export interface Save {
  readonly hardState?: HardState | undefined;
  /** Contiguous; the first may lie within the log: the rest from there is discarded. */
  readonly entries: readonly Entry[];
  /** Replaces the log up to its index; written before `entries`. */
  readonly snapshot?: Snapshot | undefined;
}

/** The disk said no. Whoever gets this must act on nothing it wrote, and never writes again. */
export interface StorageFailure {
  readonly reason: "write-failed" | "no-space" | "corrupt";
  readonly cause: unknown;
}

/**
 * 1. `done` is called once, after all of `save` survives a power cut, or with why it may not.
 *    It may be called before `save` returns.
 * 2. One save at a time: the next one after `done`. The caller sees to it.
 * 3. Reading shows what was saved: at the latest from `done` on, never a part of a save.
 * 4. After a crash a later store on the same disk reads what was done, and of one save that was
 *    under way a beginning: its entries in order, its hard state only with all of them.
 * 5. After `close` no `done` is called.
 * 6. `isBlank`: nothing was ever saved here.
 */
export interface LogStore extends Storage {
  readonly isBlank: boolean;
  save(what: Save, done: (failure?: StorageFailure) => void): void;
  close(): void;
}
