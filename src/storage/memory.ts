// A log in memory, on a disk that is a memory too, but outlives the store: so that a crash and a
// restart can be told from a fresh start, and an fsync that was not done from one that was.

import type { StorageError } from "../raft/storage.ts";
import type { ConfState, Entry, HardState, Snapshot } from "../raft/types.ts";
import { assert } from "../std/assert.ts";
import { type Index, index, NONE, type Term, term } from "../std/ids.ts";
import type { Prng } from "../std/prng.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { FaultyEntry, LogStore, Mend, Save, StorageFailure } from "./port.ts";

const NO_CONF_STATE: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** A snapshot holds what is committed alone, whatever was known of that when it was last saved. */
export const committedTo = (at: Index, hardState: HardState): HardState =>
  hardState.commit >= at ? hardState : { ...hardState, commit: at };

/**
 * What survives a crash. I1. `entries[i].index === snapshot.index + 1 + i`.
 * I2. An entry that is `faulty` is among `entries`, without its bytes.
 */
export class MemoryDisk {
  hardState: HardState = { term: term(0), vote: NONE, commit: index(0) };
  snapshot: Snapshot = {
    index: index(0),
    term: term(0),
    confState: NO_CONF_STATE,
    data: new Uint8Array(),
  };
  entries: Entry[] = [];
  readonly faulty: Map<Index, FaultyEntry> = new Map();
  isBlank = true;
  #unsynced: Save | undefined;
  #powerCuts = 0;

  /** Counts up: a store that was opened before a power cut belongs to a dead process. */
  get powerCuts(): number {
    return this.#powerCuts;
  }

  /** A write began; it is safe once `sync` says so. */
  begin(save: Save): void {
    assert(this.#unsynced === undefined, "one save is under way at most");
    this.#unsynced = save;
  }

  sync(): void {
    if (this.#unsynced !== undefined) this.#write(this.#unsynced);
    this.#unsynced = undefined;
  }

  /**
   * The process is gone, and what it was writing with it; with `random` the disk may have got a
   * beginning of it, as real ones do.
   */
  powerCut(random?: Prng): void {
    this.#powerCuts++;
    const save = this.#unsynced;
    this.#unsynced = undefined;
    if (save === undefined || random === undefined || save.snapshot !== undefined) return;
    const kept = random.below(save.entries.length + 2);
    if (kept > save.entries.length) this.#write(save);
    else this.#write({ entries: save.entries.slice(0, kept) });
  }

  /** Forgets entries up to `upTo`, which `snapshot` stands for. */
  compact(snapshot: Snapshot): void {
    assert(snapshot.index >= this.snapshot.index, "a snapshot never goes back");
    this.entries = this.entries.slice(snapshot.index - this.snapshot.index);
    this.snapshot = snapshot;
    this.hardState = committedTo(snapshot.index, this.hardState);
    this.#forgetFaulty((at) => at <= snapshot.index);
  }

  /** Entries from here on are gone. */
  discard(from: Index): void {
    this.#forgetFaulty((at) => at >= from);
    this.entries.length = Math.min(this.entries.length, this.#place(from));
  }

  /** The bytes of an entry are gone; what it was is known. */
  lose(faulty: FaultyEntry): void {
    const entry = this.entries[this.#place(faulty.index)];
    if (entry === undefined) return;
    this.entries[this.#place(faulty.index)] = { ...entry, data: new Uint8Array() };
    this.faulty.set(faulty.index, faulty);
  }

  /** As a disk does it: the bytes of an entry change while nobody looks, and that is found. */
  rot(at: Index): void {
    const was = this.entries[this.#place(at)];
    if (was === undefined) return;
    this.lose({
      index: at,
      term: was.term,
      isConfChange: was.kind !== "normal",
      accepts: (entry) => isSameEntry(entry, was),
    });
  }

  /** All that is faulty is there again, or discarded. */
  mend({ entries, discardFrom, snapshot }: Mend): void {
    if (discardFrom !== undefined) this.discard(discardFrom);
    if (snapshot !== undefined) this.#replace(snapshot);
    for (const entry of entries) {
      if (this.faulty.get(entry.index)?.accepts(entry) !== true) continue;
      this.entries[this.#place(entry.index)] = entry;
      this.faulty.delete(entry.index);
    }
    assert(this.faulty.size === 0, "a log is mended as a whole");
  }

  /** What lies behind another entry of that place was never committed (Raft §7). */
  #replace(snapshot: Snapshot): void {
    const own = snapshot.index === this.snapshot.index ? this.snapshot : this.#at(snapshot.index);
    if (own?.term === snapshot.term) this.compact(snapshot);
    else this.#restore(snapshot);
    this.hardState = committedTo(snapshot.index, this.hardState);
  }

  #at(at: Index): Entry | undefined {
    return this.entries[this.#place(at)];
  }

  #place(at: Index): number {
    return at - this.snapshot.index - 1;
  }

  #forgetFaulty(isGone: (at: Index) => boolean): void {
    for (const at of [...this.faulty.keys()]) if (isGone(at)) this.faulty.delete(at);
  }

  #write(save: Save): void {
    if (save.snapshot !== undefined) this.#restore(save.snapshot);
    if (save.entries.length > 0) this.#append(save.entries);
    if (save.hardState !== undefined) {
      this.hardState = save.hardState;
      this.isBlank = false;
    }
  }

  #restore(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.entries = [];
    this.faulty.clear();
    this.isBlank = false;
  }

  #append(entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? index(0);
    const at = this.#place(first);
    assert(at >= 0 && at <= this.entries.length, "an append leaves no gap and no compacted place");
    this.entries.length = at;
    this.#forgetFaulty((known) => known >= first);
    for (const entry of entries) this.entries.push(entry);
    this.isBlank = false;
  }
}

const isSameEntry = (a: Entry, b: Entry): boolean =>
  a.index === b.index &&
  a.term === b.term &&
  a.kind === b.kind &&
  a.data.length === b.data.length &&
  a.data.every((byte, i) => byte === b.data[i]);

export interface MemoryLogStoreOptions {
  /** Default: one of its own, that nothing outlives. */
  readonly disk?: MemoryDisk;
  /** Takes the time of an fsync, then calls back. Default: none, `done` comes within `save`. */
  readonly sync?: (complete: () => void) => void;
}

export function createMemoryLogStore(options: MemoryLogStoreOptions = {}): LogStore {
  return new MemoryLogStore(options.disk ?? new MemoryDisk(), options.sync);
}

class MemoryLogStore implements LogStore {
  readonly #disk: MemoryDisk;
  readonly #sync: ((complete: () => void) => void) | undefined;
  readonly #powerCuts: number;
  #isClosed = false;

  constructor(disk: MemoryDisk, sync: ((complete: () => void) => void) | undefined) {
    this.#disk = disk;
    this.#sync = sync;
    this.#powerCuts = disk.powerCuts;
  }

  get isBlank(): boolean {
    return this.#disk.isBlank;
  }

  get faulty(): readonly FaultyEntry[] {
    return [...this.#disk.faulty.values()].sort((a, b) => a.index - b.index);
  }

  mend(what: Mend, done: (failure?: StorageFailure) => void): void {
    if (this.#isDead()) return;
    this.#disk.mend(what);
    done();
  }

  save(what: Save, done: (failure?: StorageFailure) => void): void {
    if (this.#isDead()) return;
    assert(this.#disk.faulty.size === 0, "a log is whole before anything is added");
    this.#disk.begin(what);
    const complete = (): void => {
      if (this.#isDead()) return;
      this.#disk.sync();
      done();
    };
    if (this.#sync === undefined) complete();
    else this.#sync(complete);
  }

  get isFull(): boolean {
    return false;
  }

  listen(): void {}

  lookForRoom(): void {}

  cut(snapshot: Snapshot, done: (failure?: StorageFailure) => void): void {
    if (this.#isDead()) return;
    const complete = (): void => {
      if (this.#isDead()) return;
      this.#disk.compact(snapshot);
      done();
    };
    if (this.#sync === undefined) complete();
    else this.#sync(complete);
  }

  close(): void {
    if (this.#isDead()) return;
    this.#isClosed = true;
    // What was under way is nobody's any more: as good as a crash.
    this.#disk.powerCut();
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#disk.hardState, confState: this.#disk.snapshot.confState };
  }

  firstIndex(): Index {
    return index(this.#disk.snapshot.index + 1);
  }

  lastIndex(): Index {
    return index(this.#disk.snapshot.index + this.#disk.entries.length);
  }

  term(at: Index): Result<Term, StorageError> {
    const { snapshot, entries } = this.#disk;
    if (at === snapshot.index) return ok(snapshot.term);
    if (at < snapshot.index) return err("compacted");
    const entry = entries[at - snapshot.index - 1];
    return entry === undefined ? err("unavailable") : ok(entry.term);
  }

  entries(low: Index, high: Index, maxBytes: number): Result<readonly Entry[], StorageError> {
    const { snapshot, entries } = this.#disk;
    if (low <= snapshot.index) return err("compacted");
    for (let at: number = low; this.#disk.faulty.size > 0 && at < high; at++) {
      if (this.#disk.faulty.has(index(at))) return err("temporarily-unavailable");
    }
    const start = low - snapshot.index - 1;
    const end = high - snapshot.index - 1;
    if (end > entries.length) return err("unavailable");
    return ok(entries.slice(start, cutAt(entries, { start, end, maxBytes })));
  }

  snapshot(): Result<Snapshot, StorageError> {
    return ok(this.#disk.snapshot);
  }

  #isDead(): boolean {
    return this.#isClosed || this.#disk.powerCuts !== this.#powerCuts;
  }
}

/** Where to end so that at least one entry is in, and no more than fit. */
function cutAt(
  entries: readonly Entry[],
  range: { readonly start: number; readonly end: number; readonly maxBytes: number },
): number {
  let bytes = 0;
  for (let at = range.start; at < range.end; at++) {
    bytes += entries[at]?.data.length ?? 0;
    if (bytes > range.maxBytes && at > range.start) return at;
  }
  return range.end;
}
