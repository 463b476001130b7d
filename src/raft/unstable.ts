// The log's tail that is not durable yet.
// I1. entries[i].index === offset + i.
// I2. offset <= inProgress <= offset + entries.length:
//     what lies before inProgress is being written.
// Never touches storage: whoever writes what `nextEntries` gives says so by `stableTo`.

import { assert } from "../std/assert.ts";
import { type Index, index, type Term } from "../std/ids.ts";
import type { Entry, Snapshot } from "./types.ts";

export class Unstable {
  snapshot: Snapshot | undefined;
  entries: Entry[] = [];
  offset: Index;
  inProgress: Index;
  isSnapshotInProgress = false;

  constructor(offset: Index) {
    this.offset = offset;
    this.inProgress = offset;
  }

  get firstIndex(): Index | undefined {
    return this.snapshot === undefined ? undefined : index(this.snapshot.index + 1);
  }

  get lastIndex(): Index | undefined {
    if (this.entries.length > 0) return index(this.offset + this.entries.length - 1);
    return this.snapshot?.index;
  }

  term(at: Index): Term | undefined {
    if (at < this.offset) return this.snapshot?.index === at ? this.snapshot.term : undefined;
    return this.entries[at - this.offset]?.term;
  }

  nextEntries(): readonly Entry[] {
    return this.entries.slice(this.inProgress - this.offset);
  }

  get nextSnapshot(): Snapshot | undefined {
    return this.isSnapshotInProgress ? undefined : this.snapshot;
  }

  acceptInProgress(): void {
    const last = this.entries.at(-1);
    if (last !== undefined) this.inProgress = index(last.index + 1);
    if (this.snapshot !== undefined) this.isSnapshotInProgress = true;
  }

  /**
   * Durable up to (at, term): unless another leader's entries took that place meanwhile (an ABA).
   */
  stableTo(at: Index, term: Term): void {
    if (at < this.offset || this.term(at) !== term) return;
    this.entries.splice(0, at + 1 - this.offset);
    this.offset = index(at + 1);
    this.inProgress = index(Math.max(this.inProgress, this.offset));
  }

  stableSnapTo(at: Index): void {
    if (this.snapshot?.index !== at) return;
    this.snapshot = undefined;
    this.isSnapshotInProgress = false;
  }

  restore(snapshot: Snapshot): void {
    this.offset = index(snapshot.index + 1);
    this.inProgress = this.offset;
    this.entries = [];
    this.snapshot = snapshot;
    this.isSnapshotInProgress = false;
  }

  /** True: nothing of the tail was kept. */
  truncateAndAppend(entries: readonly Entry[]): boolean {
    const first = entries[0];
    if (first === undefined) return false;
    const from = first.index;
    if (from <= this.offset && from < this.offset + this.entries.length) {
      this.entries = [...entries];
      this.offset = from;
      this.inProgress = from;
      return true;
    }
    assert(from <= this.offset + this.entries.length, "an append leaves no gap");
    this.entries.length = from - this.offset;
    for (const entry of entries) this.entries.push(entry);
    // What was being written from here on is another entry now.
    this.inProgress = index(Math.min(this.inProgress, from));
    return false;
  }

  slice(low: Index, high: Index): readonly Entry[] {
    assert(
      low >= this.offset && high <= this.offset + this.entries.length,
      "the slice is unstable",
    );
    return this.entries.slice(low - this.offset, high - this.offset);
  }
}
