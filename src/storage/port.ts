// Keeping a group's log, term and vote.

import type { Storage } from "../raft/storage.ts";
import type { Entry, HardState, Snapshot } from "../raft/types.ts";
import type { Index, Term } from "../std/ids.ts";

/** What is written in one go. */
export interface Save {
  readonly hardState?: HardState | undefined;
  /** Contiguous; the first may lie within the log: the rest from there is discarded. */
  readonly entries: readonly Entry[];
  /** Replaces the log up to its index; written before `entries`. */
  readonly snapshot?: Snapshot | undefined;
  /** While the store is full: this must be written all the same. */
  readonly mayUseReserve?: boolean;
}

/**
 * The disk said no. `no-space`: nothing of it counts, and the same may be tried again. Anything
 * else: whoever gets this must act on nothing it wrote, and never writes again.
 */
export interface StorageFailure {
  readonly reason: "write-failed" | "no-space" | "corrupt";
  readonly cause: unknown;
}

/** What a store tells unasked. */
export interface StoreListener {
  /** The disk failed, whether a save was under way or not. */
  onFailure(failure: StorageFailure): void;
  /** `isFull` is another now. */
  onRoom(isFull: boolean): void;
}

/** An entry that was safe here, is not what was written any more, and is known for what it was. */
export interface FaultyEntry {
  readonly index: Index;
  readonly term: Term;
  readonly isConfChange: boolean;
  /** Is this the entry that was written here, to the byte? */
  accepts(entry: Entry): boolean;
}

/** What makes a log with faulty entries whole: each of them, but those that are discarded. */
export interface Mend {
  readonly entries: readonly Entry[];
  /** Stands for all up to its entry: what lies behind stays, where it follows that one. */
  readonly snapshot?: Snapshot | undefined;
  /** From here on nothing of the log was ever committed, or will be. */
  readonly discardFrom?: Index | undefined;
}

/**
 * 1. `done` is called once, after all of `save` survives a power cut, or with why it may not.
 *    It may be called before `save` returns.
 * 2. One save or cut at a time: the next one after `done`. The caller sees to it.
 * 3. Reading shows what was saved: at the latest from `done` on, never a part of a save.
 * 4. After a crash a later store on the same disk reads what was done, and of one save that was
 *    under way a beginning: its entries in order, its hard state only with all of them.
 * 5. After `close` no `done` is called.
 * 6. `isBlank`: nothing was ever saved here.
 * 7. A faulty entry counts as there: in `lastIndex`, in `term`. Reads of it answer
 *    `temporarily-unavailable`. While there is one, nothing is saved: `mend` comes first, once.
 * 8. `isFull`: what was taken is safe, but nothing new should be, until there is room. Saves are
 *    still done, and refused as `no-space` where there is none; the last of the room is kept for
 *    those that `mayUseReserve`.
 */
export interface LogStore extends Storage {
  readonly isBlank: boolean;
  /** By index; almost always none. */
  readonly faulty: readonly FaultyEntry[];
  /** Settles `faulty`; `done` as for `save`. */
  mend(what: Mend, done: (failure?: StorageFailure) => void): void;
  save(what: Save, done: (failure?: StorageFailure) => void): void;
  readonly isFull: boolean;
  /** Once, before the first save. */
  listen(listener: StoreListener): void;
  /** Now and then while it `isFull`: the listener is told when there is room again. */
  lookForRoom(): void;
  /** The log begins behind this snapshot of what it has: entries up to it go, the others stay. */
  cut(snapshot: Snapshot, done: (failure?: StorageFailure) => void): void;
  close(): void;
}
