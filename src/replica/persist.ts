// In front of the store: one save in flight, and all that came meanwhile in the next one.
//
// I1. Responses are handed on only after the save they stand on is durable, in their order (Raft
//     Fig. 2: "updated on stable storage before responding").
// I2. After a failure nothing is saved any more and no response leaves:
//     what is on the disk is unknown.
// I3. How far the log is committed goes with the next save that there is anyway, and is no reason
//     for one: Raft forgets it (Fig. 2: volatile), and a leader tells it anew.
// I4. A save that there is no room for is kept, and all behind it; the same is tried again.

import type { Message } from "../raft/message.ts";
import type { Entry, HardState, Snapshot } from "../raft/types.ts";
import { assert } from "../std/assert.ts";
import type { LogStore, Save, StorageFailure } from "../storage/port.ts";

export interface PersisterParts {
  readonly store: LogStore;
  /** What may leave now. May be called within `append`. */
  onSaved(responses: readonly Message[]): void;
  onFailure(failure: StorageFailure): void;
  /** What there is no room for waits for `retry`. */
  onNoSpace?(): void;
  /** Whether saves may use the store's reserve now. */
  mayUseReserve?(): boolean;
}

export class Persister {
  readonly #parts: PersisterParts;
  #queue: Message[] = [];
  #state: "idle" | "saving" | "waiting" | "failed" = "idle";
  #cut: Snapshot | undefined;
  /** With a commit that the store has not heard of; undefined: it knows all. */
  #unsaved: HardState | undefined;

  constructor(parts: PersisterParts) {
    this.#parts = parts;
  }

  /** There was no room for the last save. */
  get isWaiting(): boolean {
    return this.#state === "waiting";
  }

  retry(): void {
    if (this.#state !== "waiting") return;
    this.#state = "idle";
    this.#pump();
  }

  /** `message`: what the core wants written. */
  append(message: Message): void {
    this.#queue.push(message);
    this.#pump();
  }

  /** The log begins behind this snapshot from now on. Between two other saves. */
  cut(snapshot: Snapshot): void {
    this.#cut = snapshot;
    this.#pump();
  }

  #pump(): void {
    this.#writeCut();
    // A loop, not a recursion: a store may be done before `save` returns.
    while (this.#state === "idle" && this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchLength(this.#queue));
      const what = this.#withUnsaved(merge(batch));
      if (this.#isCommitAlone(what)) {
        this.#unsaved = what.hardState;
        this.#parts.onSaved(responsesOf(batch));
      } else this.#save(what, batch);
    }
  }

  #save(what: Save, batch: readonly Message[]): void {
    const { mayUseReserve, store } = this.#parts;
    this.#state = "saving";
    const isUrgent = mayUseReserve?.() === true || what.entries.every(isOfRaft);
    store.save({ ...what, mayUseReserve: isUrgent }, (failure) => this.#done(batch, failure));
  }

  #withUnsaved(what: Save): Save {
    return { ...what, hardState: what.hardState ?? this.#unsaved };
  }

  #isCommitAlone({ entries, hardState, snapshot }: Save): boolean {
    if (entries.length > 0 || snapshot !== undefined) return false;
    if (hardState === undefined) return true;
    const { term, vote } = this.#parts.store.initialState().hardState;
    return hardState.term === term && hardState.vote === vote;
  }

  #writeCut(): void {
    const { store } = this.#parts;
    const snapshot = this.#cut;
    if (snapshot === undefined || this.#state !== "idle") return;
    this.#cut = undefined;
    // A leader's snapshot went further meanwhile.
    if (snapshot.index < store.firstIndex()) return;
    this.#state = "saving";
    store.cut(snapshot, (failure) => this.#done([], failure));
  }

  #done(batch: readonly Message[], failure: StorageFailure | undefined): void {
    assert(this.#state === "saving", "a save is done once");
    if (failure?.reason === "no-space") {
      // The log as it was will do, until the next snapshot.
      const isCut = batch.length === 0;
      this.#queue.unshift(...batch);
      this.#state = isCut ? "idle" : "waiting";
      if (isCut) this.#pump();
      else this.#parts.onNoSpace?.();
      return;
    }
    if (failure !== undefined) {
      this.#state = "failed";
      this.#parts.onFailure(failure);
      return;
    }
    this.#state = "idle";
    if (batch.length > 0) this.#unsaved = undefined;
    this.#parts.onSaved(responsesOf(batch));
    this.#pump();
  }
}

const responsesOf = (batch: readonly Message[]): readonly Message[] =>
  batch.flatMap(({ responses }) => responses);

/** What the group needs to go on at all: a new leader's first entry, a change of members. */
const isOfRaft = ({ data, kind }: Entry): boolean => kind !== "normal" || data.length === 0;

/** How many of the front fit one save: a snapshot replaces what is before it, so it begins one. */
export function batchLength(queue: readonly Message[]): number {
  const next = queue.findIndex(({ snapshot }, i) => i > 0 && snapshot !== undefined);
  return next === -1 ? queue.length : next;
}

/** Several writes as one, with the same outcome as one after the other. */
export function merge(batch: readonly Message[]): Save {
  let entries: readonly Entry[] = [];
  let hardState: HardState | undefined;
  let snapshot: Snapshot | undefined;
  for (const message of batch) {
    entries = joined(entries, message.entries);
    hardState = hardStateOf(message) ?? hardState;
    snapshot = message.snapshot ?? snapshot;
  }
  return { hardState, entries, snapshot };
}

/** What comes later discards what it overlaps, as in the log itself. */
function joined(before: readonly Entry[], after: readonly Entry[]): readonly Entry[] {
  const first = after[0];
  if (first === undefined) return before;
  if (before.length === 0) return after;
  return [...before.filter(({ index }) => index < first.index), ...after];
}

/** All three at zero: the message carries no hard state. */
function hardStateOf({ term, vote, commit }: Message): HardState | undefined {
  return term === 0 && vote === 0 && commit === 0 ? undefined : { term, vote, commit };
}
