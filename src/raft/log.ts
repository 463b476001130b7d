// The whole log: stable part, unstable tail, and how far it is committed, handed out and applied.
// I1. applied <= applying <= committed <= lastIndex.

import { assert } from "../std/assert.ts";
import { type Index, index, type Term, term } from "../std/ids.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { Storage, StorageError } from "./storage.ts";
import type { LogEnd } from "./trace.ts";
import type { Entry, Snapshot } from "./types.ts";
import { Unstable } from "./unstable.ts";

/** What a size limit counts of an entry. */
export const entryBytes = (entry: Entry): number => entry.data.length + 12;

/** The longest prefix within `maxBytes`; always one entry where there is any. */
export function limitSize(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  let bytes = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry !== undefined) bytes += entryBytes(entry);
    if (bytes > maxBytes && i > 0) return entries.slice(0, i);
  }
  return entries;
}

/** What an append of a leader did. */
export interface Appended {
  /** The last that is known to match. */
  readonly last: Index;
  /** The first whose place held another entry. */
  readonly conflict?: { readonly at: Index; readonly existing: Term; readonly arriving: Term };
  /** From here on, nothing that was not durable yet was kept. */
  readonly replacedFrom?: Index;
}

export class RaftLog {
  readonly #storage: Storage;
  readonly unstable: Unstable;
  committed: Index;
  applying: Index;
  applied: Index;
  readonly #maxApplyingBytes: number;
  #applyingBytes = 0;
  #isApplyingPaused = false;

  constructor(storage: Storage, maxApplyingBytes: number) {
    this.#storage = storage;
    this.#maxApplyingBytes = maxApplyingBytes;
    const first = storage.firstIndex();
    this.unstable = new Unstable(index(storage.lastIndex() + 1));
    this.committed = index(first - 1);
    this.applying = this.committed;
    this.applied = this.committed;
  }

  get firstIndex(): Index {
    return this.unstable.firstIndex ?? this.#storage.firstIndex();
  }

  get lastIndex(): Index {
    return this.unstable.lastIndex ?? this.#storage.lastIndex();
  }

  get lastTerm(): Term {
    return this.termOr0(this.lastIndex);
  }

  get end(): LogEnd {
    return { index: this.lastIndex, term: this.lastTerm };
  }

  term(at: Index): Result<Term, StorageError> {
    const unstable = this.unstable.term(at);
    if (unstable !== undefined) return ok(unstable);
    if (at + 1 < this.firstIndex) return err("compacted");
    if (at > this.lastIndex) return err("unavailable");
    return this.#storage.term(at);
  }

  termOr0(at: Index): Term {
    const found = this.term(at);
    return found.ok ? found.value : term(0);
  }

  matchTerm(at: Index, wanted: Term): boolean {
    const found = this.term(at);
    return found.ok && found.value === wanted;
  }

  /** Raft §5.4.1: the later term, or the longer log in the same term. */
  isUpToDate(at: Index, ofTerm: Term): boolean {
    const own = this.lastTerm;
    return ofTerm > own || (ofTerm === own && at >= this.lastIndex);
  }

  /** True: nothing that was not durable yet was kept. */
  append(entries: readonly Entry[]): boolean {
    const first = entries[0];
    if (first === undefined) return false;
    assert(first.index > this.committed, "committed entries are never replaced");
    return this.unstable.truncateAndAppend(entries);
  }

  /**
   * Raft §5.3: takes entries that follow (prevIndex, prevTerm);
   * undefined where that does not match.
   */
  maybeAppend(prev: LogEnd, entries: readonly Entry[]): Appended | undefined {
    if (!this.matchTerm(prev.index, prev.term)) return undefined;
    const last = index(prev.index + entries.length);
    const skipped = entries.findIndex((entry) => !this.matchTerm(entry.index, entry.term));
    const first = entries[skipped];
    if (first === undefined) return { last };
    assert(first.index > this.committed, "a leader has every committed entry (§5.4.3)");
    const conflict =
      first.index > this.lastIndex
        ? undefined
        : { at: first.index, existing: this.termOr0(first.index), arriving: first.term };
    const isTailReplaced = this.append(entries.slice(skipped));
    return {
      last,
      ...(conflict === undefined ? {} : { conflict }),
      ...(isTailReplaced ? { replacedFrom: first.index } : {}),
    };
  }

  /**
   * The highest place at or before `at` whose term is at most `ofTerm`:
   * what both sides skip back by.
   */
  findConflictByTerm(at: Index, ofTerm: Term): LogEnd {
    let i: number = at;
    for (; i > 0; i--) {
      const found = this.term(index(i));
      if (!found.ok) return { index: index(i), term: term(0) };
      if (found.value <= ofTerm) return { index: index(i), term: found.value };
    }
    return { index: index(0), term: term(0) };
  }

  commitTo(to: Index): void {
    if (to <= this.committed) return;
    assert(to <= this.lastIndex, "nothing is committed that is not in the log");
    this.committed = to;
  }

  maybeCommit(at: Index, ofTerm: Term): boolean {
    if (at <= this.committed || ofTerm === 0 || !this.matchTerm(at, ofTerm)) return false;
    this.commitTo(at);
    return true;
  }

  #maxAppliable(allowUnstable: boolean): Index {
    if (allowUnstable) return this.committed;
    return index(Math.min(this.committed, this.unstable.offset - 1));
  }

  hasNextCommitted(allowUnstable: boolean): boolean {
    if (this.#isApplyingPaused || this.unstable.snapshot !== undefined) return false;
    return this.applying + 1 <= this.#maxAppliable(allowUnstable);
  }

  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return [];
    const high = index(this.#maxAppliable(allowUnstable) + 1);
    const room = this.#maxApplyingBytes - this.#applyingBytes;
    const found = this.slice(index(this.applying + 1), high, room);
    assert(found.ok, "committed entries are there until they are applied");
    return found.value;
  }

  acceptApplying(to: Index, bytes: number, allowUnstable: boolean): void {
    assert(to <= this.committed, "only what is committed is applied");
    this.applying = to;
    this.#applyingBytes += bytes;
    this.#isApplyingPaused =
      this.#applyingBytes >= this.#maxApplyingBytes || to < this.#maxAppliable(allowUnstable);
  }

  appliedTo(to: Index, bytes: number): void {
    assert(to <= this.committed && to >= this.applied, "applied grows, up to committed");
    this.applied = to;
    this.applying = index(Math.max(this.applying, to));
    this.#applyingBytes = Math.max(0, this.#applyingBytes - bytes);
    // Where the limit is 0, one entry at a time still goes.
    this.#isApplyingPaused =
      this.#applyingBytes > 0 && this.#applyingBytes >= this.#maxApplyingBytes;
  }

  slice(low: Index, high: Index, maxBytes: number): Result<readonly Entry[], StorageError> {
    if (low < this.firstIndex) return err("compacted");
    assert(high <= this.lastIndex + 1, "a slice ends in the log");
    if (low >= high) return ok([]);
    const { offset } = this.unstable;
    if (low >= offset) return ok(limitSize(this.unstable.slice(low, high), maxBytes));
    const cut = index(Math.min(high, offset));
    const stable = this.#storage.entries(low, cut, maxBytes);
    if (!stable.ok) return stable;
    const found = stable.value;
    // Cut here too: a storage may count otherwise, or not at all.
    if (high <= offset || found.length < cut - low) return ok(limitSize(found, maxBytes));
    return ok(limitSize([...found, ...this.unstable.slice(offset, high)], maxBytes));
  }

  entries(from: Index, maxBytes: number): Result<readonly Entry[], StorageError> {
    if (from > this.lastIndex) return ok([]);
    return this.slice(from, index(this.lastIndex + 1), maxBytes);
  }

  snapshot(): Result<Snapshot, StorageError> {
    return this.unstable.snapshot === undefined
      ? this.#storage.snapshot()
      : ok(this.unstable.snapshot);
  }

  restore(snapshot: Snapshot): void {
    this.committed = snapshot.index;
    this.unstable.restore(snapshot);
  }
}
