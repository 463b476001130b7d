// What a leader knows of one member's log.
// I1. match < next. I2. snapshot: next > pendingSnapshot; elsewhere there is none pending.
// probe: one append a heartbeat, until we know where its log ends. replicate: a pipeline.
// snapshot: waits for one.

import { type Index, index } from "../std/ids.ts";
import type { Inflights } from "./inflights.ts";

export type ProgressState = "probe" | "replicate" | "snapshot";

/** A copy of what there was at one moment. */
export interface ProgressView {
  readonly state: ProgressState;
  readonly match: Index;
  readonly next: Index;
  readonly pendingSnapshot: Index;
  readonly isLearner: boolean;
  readonly isPaused: boolean;
  readonly isRecentActive: boolean;
  readonly inflights: { readonly count: number; readonly isFull: boolean };
}

export class Progress {
  match: Index = index(0);
  next: Index;
  sentCommit: Index = index(0);
  state: ProgressState = "probe";
  pendingSnapshot: Index = index(0);
  /** Heard of since the last quorum check. */
  isRecentActive = false;
  isFlowPaused = false;
  isLearner: boolean;
  readonly inflights: Inflights;

  constructor(options: {
    readonly next: Index;
    readonly isLearner: boolean;
    readonly inflights: Inflights;
  }) {
    this.next = options.next;
    this.isLearner = options.isLearner;
    this.inflights = options.inflights;
  }

  view(): ProgressView {
    const { state, match, next, pendingSnapshot, isLearner, isPaused, isRecentActive } = this;
    const inflights = { count: this.inflights.count, isFull: this.inflights.isFull };
    return {
      state,
      match,
      next,
      pendingSnapshot,
      isLearner,
      isPaused,
      isRecentActive,
      inflights,
    };
  }

  #become(state: ProgressState): void {
    this.isFlowPaused = false;
    this.pendingSnapshot = index(0);
    this.state = state;
    this.inflights.reset();
  }

  becomeProbe(): void {
    // Coming from a snapshot that may have arrived, what lies behind it is worth a probe.
    const after =
      this.state === "snapshot" ? Math.max(this.match, this.pendingSnapshot) : this.match;
    this.#become("probe");
    this.next = index(after + 1);
    this.sentCommit = index(Math.min(this.sentCommit, this.next - 1));
  }

  becomeReplicate(): void {
    this.#become("replicate");
    this.next = index(this.match + 1);
  }

  becomeSnapshot(at: Index): void {
    this.#become("snapshot");
    this.pendingSnapshot = at;
    this.next = index(at + 1);
    this.sentCommit = at;
  }

  get isPaused(): boolean {
    return this.state === "snapshot" || this.isFlowPaused;
  }

  sentEntries(count: number, bytes: number): void {
    if (this.state === "replicate") {
      if (count > 0) {
        this.next = index(this.next + count);
        this.inflights.add(index(this.next - 1), bytes);
      }
      this.isFlowPaused = this.inflights.isFull;
    } else if (count > 0) this.isFlowPaused = true;
  }

  /** Would a message with this commit tell it something? */
  canBumpCommit(commit: Index): boolean {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** It has everything up to `at`. False: an old acknowledgement. */
  maybeUpdate(at: Index): boolean {
    if (at <= this.match) return false;
    this.match = at;
    this.next = index(Math.max(this.next, at + 1));
    this.isFlowPaused = false;
    return true;
  }

  /** It refused the append that followed `rejected`. False: a stale refusal. */
  maybeDecreaseTo(rejected: Index, hint: Index): boolean {
    // No append is under way to it.
    if (this.state === "snapshot") return false;
    if (this.state === "replicate") {
      if (rejected <= this.match) return false;
      this.next = index(this.match + 1);
      this.sentCommit = index(Math.min(this.sentCommit, this.next - 1));
      return true;
    }
    if (this.next - 1 !== rejected) return false;
    this.next = index(Math.max(Math.min(rejected, hint + 1), this.match + 1));
    this.sentCommit = index(Math.min(this.sentCommit, this.next - 1));
    this.isFlowPaused = false;
    return true;
  }
}
