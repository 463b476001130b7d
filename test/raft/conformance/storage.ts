// The stable log of a scripted member: compacted by command, its snapshot what was applied last.

import type { Storage, StorageError } from "../../../src/raft/storage.ts";
import type { LogEnd } from "../../../src/raft/trace.ts";
import type { Snapshot } from "../../../src/raft/types.ts";
import { EMPTY_CONF_STATE, type Entry, type HardState } from "../../../src/raft/types.ts";
import { type Index, index, NONE, type Term, term } from "../../../src/std/ids.ts";
import { err, ok, type Result } from "../../../src/std/result.ts";

const NOTHING: Snapshot = {
  index: index(0),
  term: term(0),
  confState: EMPTY_CONF_STATE,
  data: new Uint8Array(0),
};

export class ScriptStorage implements Storage {
  hardState: HardState = { term: term(0), vote: NONE, commit: index(0) };
  /** After each applied entry; the last one is what is sent. */
  readonly history: Snapshot[] = [NOTHING];
  #base: LogEnd = NOTHING;
  #confState = EMPTY_CONF_STATE;
  #entries: Entry[] = [];

  get latest(): Snapshot {
    return this.history.at(-1) ?? NOTHING;
  }

  initialState() {
    return { hardState: this.hardState, confState: this.#confState };
  }

  firstIndex(): Index {
    return index(this.#base.index + 1);
  }

  lastIndex(): Index {
    return index(this.#base.index + this.#entries.length);
  }

  term(at: Index): Result<Term, StorageError> {
    if (at === this.#base.index) return ok(this.#base.term);
    if (at < this.#base.index) return err("compacted");
    const entry = this.#entries[at - this.#base.index - 1];
    return entry === undefined ? err("unavailable") : ok(entry.term);
  }

  /** Scripts limit only what is applied, and that to one byte. */
  entries(low: Index, high: Index, maxBytes: number): Result<readonly Entry[], StorageError> {
    if (low < this.firstIndex()) return err("compacted");
    if (high > this.lastIndex() + 1) return err("unavailable");
    const found = this.#entries.slice(low - this.firstIndex(), high - this.firstIndex());
    return ok(maxBytes <= 1 ? found.slice(0, 1) : found);
  }

  snapshot(): Result<Snapshot, StorageError> {
    return this.latest.index === 0 ? err("temporarily-unavailable") : ok(this.latest);
  }

  all(): readonly Entry[] {
    return this.#entries;
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    const at = first.index - this.firstIndex();
    if (at < 0 || at > this.#entries.length) throw new Error(`a gap before ${first.index}`);
    this.#entries = [...this.#entries.slice(0, at), ...entries];
  }

  restore(snapshot: Snapshot): void {
    this.#base = snapshot;
    this.#confState = snapshot.confState;
    this.#entries = [];
    this.history.push(snapshot);
  }

  /** Forgets all up to `upTo`. */
  compact(upTo: Index): void {
    const found = this.term(upTo);
    if (!found.ok) throw new Error(`cannot compact to ${upTo}: ${found.error}`);
    this.#entries = this.#entries.slice(upTo - this.#base.index);
    this.#base = { index: upTo, term: found.value };
  }
}
