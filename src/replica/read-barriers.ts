// Linearizable reads: a barrier is passed once this node applied all that was committed when it was
// asked for (Raft thesis §6.4).
//
// I1. A barrier is answered by a round that began after it was asked for: never by one under way,
//     whose index may be older than the caller's last write.
// I2. Rounds are numbered and a number is never used again: a late answer finds no round.

import { type Deferred, deferred } from "../std/deferred.ts";
import type { Index } from "../std/ids.ts";

interface Round {
  readonly number: number;
  readonly waiters: readonly Deferred<void>[];
  readonly askedAtMs: number;
}

interface Confirmed {
  readonly index: Index;
  readonly waiters: readonly Deferred<void>[];
}

export class ReadBarriers {
  #fresh: Deferred<void>[] = [];
  #rounds: Round[] = [];
  #confirmed: Confirmed[] = [];
  #lastNumber = 0;

  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  get size(): number {
    const count = (total: number, { waiters }: { waiters: readonly unknown[] }): number =>
      total + waiters.length;
    return this.#fresh.length + this.#rounds.reduce(count, 0) + this.#confirmed.reduce(count, 0);
  }

  wait(): Promise<void> {
    const waiter = deferred<void>();
    this.#fresh.push(waiter);
    return waiter.promise;
  }

  /** One round for all that wait for one. Returns its number. */
  begin(nowMs: number): number {
    const number = ++this.#lastNumber;
    this.#rounds.push({ number, waiters: this.#fresh, askedAtMs: nowMs });
    this.#fresh = [];
    return number;
  }

  /** The leader still led after the round began, and had committed up to `index`. */
  confirm(number: number | undefined, index: Index): void {
    const round = this.#rounds.find((one) => one.number === number);
    if (round === undefined) return;
    this.#rounds = this.#rounds.filter((one) => one !== round);
    this.#confirmed.push({ index, waiters: round.waiters });
  }

  applied(index: Index): void {
    if (this.#confirmed.length === 0) return;
    const passed = this.#confirmed.filter((one) => one.index <= index);
    this.#confirmed = this.#confirmed.filter((one) => one.index > index);
    for (const { waiters } of passed) for (const waiter of waiters) waiter.resolve();
  }

  /**
   * Rounds that were asked at or before `askedAtMs` may be lost: their waiters want another one.
   */
  expire(askedAtMs: number): void {
    const lost = this.#rounds.filter((round) => round.askedAtMs <= askedAtMs);
    if (lost.length === 0) return;
    this.#rounds = this.#rounds.filter((round) => round.askedAtMs > askedAtMs);
    this.#fresh = [...lost.flatMap((round) => round.waiters), ...this.#fresh];
  }

  failAll(error: Error): void {
    const waiters = [this.#rounds, this.#confirmed].flatMap((list) =>
      list.flatMap((one) => one.waiters),
    );
    const all = [...waiters, ...this.#fresh];
    this.#fresh = [];
    this.#rounds = [];
    this.#confirmed = [];
    for (const waiter of all) waiter.reject(error);
  }
}
