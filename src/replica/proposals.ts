// This process's proposals, from the call until this node has applied them.
//
// I1. In order of sequence, which is the order of the calls.
// I2. A proposal leaves by `settle` (applied here) or `failAll` alone: until then it is offered
//     again, under the same origin and sequence, to whoever leads (SEMANTICS 25).
// I3. Their number and bytes are bounded: at a limit nothing is taken.

import { Overloaded, RaftoralError } from "../errors.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import type { Proposal } from "./entry-codec.ts";

interface Pending<Reply> extends Proposal {
  /** Absent for what was submitted without a wish for an answer. */
  readonly answer: Pick<Deferred<Reply>, "resolve" | "reject"> | undefined;
  /** Offered to nobody yet, or in vain. */
  isFresh: boolean;
  offers: number;
  retryAtMs: number;
}

export interface ProposalLimits {
  readonly pendingProposals: number;
  readonly pendingBytes: number;
  readonly entryBytes: number;
  readonly retryMs: number;
}

/** Retries slow down to this multiple of the first wait: a slow group must not drown in repeats. */
const RETRY_FACTOR_MAX = 8;

export class Proposals<Reply> {
  readonly #limits: ProposalLimits;
  readonly #pending = new Map<number, Pending<Reply>>();
  #fresh: Pending<Reply>[] = [];
  #bytes = 0;
  #lastSequence = 0;
  /** No retry is due before this. */
  #nextRetryMs = Number.POSITIVE_INFINITY;

  constructor(limits: ProposalLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#pending.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** Rejects by `payload-too-large` or `overloaded`: nothing was taken. */
  propose(command: Uint8Array): Promise<Reply> {
    const refusal = this.#refusal(command);
    if (refusal !== undefined) return Promise.reject(refusal);
    const answer = deferred<Reply>();
    this.#add(command, answer);
    return answer.promise;
  }

  /**
   * `onOver`: it was applied here, or never will be.
   * @throws RaftoralError `payload-too-large`
   */
  submit(command: Uint8Array, onOver?: () => void): "accepted" | "overloaded" {
    const refusal = this.#refusal(command);
    if (refusal?.code === "overloaded") return "overloaded";
    if (refusal !== undefined) throw refusal;
    this.#add(command, onOver === undefined ? undefined : { resolve: onOver, reject: onOver });
    return "accepted";
  }

  /** All that is to be offered now, in order; counts as offered from here on. */
  take(nowMs: number): readonly Proposal[] {
    // What was applied while it waited here needs no offer.
    const fresh = this.#fresh.filter(({ sequence }) => this.#pending.has(sequence));
    this.#fresh = [];
    for (const pending of fresh) {
      pending.isFresh = false;
      pending.offers++;
      const factor = Math.min(2 ** (pending.offers - 1), RETRY_FACTOR_MAX);
      this.#setRetry(pending, nowMs + this.#limits.retryMs * factor);
    }
    return fresh;
  }

  /** The leader is here and its log has them: as long as it leads, another offer is in vain. */
  placed(proposals: readonly Proposal[]): void {
    for (const { sequence } of proposals) {
      const pending = this.#pending.get(sequence);
      if (pending !== undefined) pending.retryAtMs = Number.POSITIVE_INFINITY;
    }
  }

  /** What was offered in vain and known so at once: offered again at `atMs`. */
  postpone(sequences: Iterable<number>, atMs: number): void {
    for (const sequence of sequences) {
      const pending = this.#pending.get(sequence);
      if (pending !== undefined && !pending.isFresh) this.#setRetry(pending, atMs);
    }
  }

  /**
   * Another leader: what the earlier one was told may be lost. Returns how many are offered again.
   */
  refresh(): number {
    return this.#freshen(() => true);
  }

  /** What has waited for too long is fresh again. Returns how many. */
  tick(nowMs: number): number {
    if (nowMs < this.#nextRetryMs) return 0;
    this.#nextRetryMs = Number.POSITIVE_INFINITY;
    return this.#freshen((pending) => pending.retryAtMs <= nowMs);
  }

  /** The first application answers; a later one finds nothing. Returns whether it was awaited. */
  settle(sequence: number, reply: Reply): boolean {
    const pending = this.#pending.get(sequence);
    if (pending === undefined) return false;
    this.#pending.delete(sequence);
    this.#bytes -= pending.command.length;
    pending.answer?.resolve(reply);
    return true;
  }

  /** Whoever waits is told so; what was proposed is offered on until it is applied. */
  answerAll(error: Error): void {
    for (const [sequence, { answer, ...pending }] of this.#pending) {
      if (answer === undefined) continue;
      answer.reject(error);
      this.#pending.set(sequence, { ...pending, answer: undefined });
    }
    this.#fresh = [...this.#pending.values()].filter(({ isFresh }) => isFresh);
  }

  failAll(error: Error): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    this.#fresh = [];
    this.#bytes = 0;
    for (const { answer } of all) answer?.reject(error);
  }

  #refusal(command: Uint8Array): RaftoralError | undefined {
    const { pendingProposals, pendingBytes, entryBytes } = this.#limits;
    if (command.length > entryBytes) {
      const message = `a command of ${command.length} bytes; at most ${entryBytes}`;
      return new RaftoralError("payload-too-large", message);
    }
    if (this.#pending.size >= pendingProposals || this.#bytes + command.length > pendingBytes) {
      return new Overloaded(`${this.#pending.size} proposals wait (${this.#bytes} bytes)`);
    }
    return undefined;
  }

  #add(command: Uint8Array, answer: Pending<Reply>["answer"]): void {
    const sequence = ++this.#lastSequence;
    const retryAtMs = Number.POSITIVE_INFINITY;
    const pending = { sequence, command, answer, isFresh: true, offers: 0, retryAtMs };
    this.#pending.set(sequence, pending);
    this.#fresh.push(pending);
    this.#bytes += command.length;
  }

  #setRetry(pending: Pending<Reply>, atMs: number): void {
    pending.retryAtMs = atMs;
    this.#nextRetryMs = Math.min(this.#nextRetryMs, atMs);
  }

  /** Rebuilt from the map, so that what is offered again keeps its place before what is new. */
  #freshen(isDue: (pending: Pending<Reply>) => boolean): number {
    let count = 0;
    const fresh: Pending<Reply>[] = [];
    for (const pending of this.#pending.values()) {
      if (!pending.isFresh && isDue(pending)) {
        pending.isFresh = true;
        count++;
      }
      if (pending.isFresh) fresh.push(pending);
      else this.#nextRetryMs = Math.min(this.#nextRetryMs, pending.retryAtMs);
    }
    this.#fresh = fresh;
    return count;
  }
}
