// Rests that their owner has not told: a run whose owner is lost before it told is a suspect, and
// suspects go on one by one (rule 21). Told of what rests for a while, since the next batch of a
// run that goes on at once tells as much, and many in one entry.
//
// I1. whoever rests and is not looked at again is told of in the second look from then.
// I2. no timer is set while nobody owes a rest.

import type { Timer, Timers } from "../../std/clock.ts";

export class UntoldRests<T> {
  readonly #timers: Timers;
  readonly #limits: { readonly restMs: number; readonly restRuns: number };
  readonly #tell: (resting: readonly T[]) => void;
  /** Since the last look, and for longer. */
  #fresh = new Set<T>();
  readonly #ripe = new Set<T>();
  #timer: Timer | undefined;

  constructor(
    timers: Timers,
    limits: { readonly restMs: number; readonly restRuns: number },
    tell: (resting: readonly T[]) => void,
  ) {
    this.#timers = timers;
    this.#limits = limits;
    this.#tell = tell;
  }

  /** It was advanced, and rests now or does not. */
  note(one: T, isUntold: boolean): void {
    this.#ripe.delete(one);
    this.#fresh.delete(one);
    if (!isUntold || this.#limits.restMs === Number.POSITIVE_INFINITY) return;
    this.#fresh.add(one);
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#fresh.clear();
    this.#ripe.clear();
  }

  #look(): void {
    this.#timer = undefined;
    const told = [...this.#ripe].slice(0, this.#limits.restRuns);
    for (const one of told) this.#ripe.delete(one);
    for (const one of this.#fresh) this.#ripe.add(one);
    this.#fresh.clear();
    if (told.length > 0) this.#tell(told);
    if (this.#ripe.size > 0) this.#arm();
  }

  #arm(): void {
    this.#timer ??= this.#timers.set(this.#limits.restMs, () => this.#look());
  }
}
