// Which suspects run user code on this process now (rule 21). Those that were there at one loss run
// side by side, as what is no suspect does. One that may be set aside for the next loss runs alone,
// so that nothing else that was there at a loss ends the process in its place.
//
// I1. whoever is inside alone has no other suspect beside it, until its time is over.
// I2. one that was alone and has said that it is behind it makes way for the next one that says so
//     before it runs: the machine blames who said it last. Who says nothing waits until it is gone.
// I3. nobody waits for ever: who has been inside for its time is taken for harmless by those that
//     wait. The machine blames who came in last.

import type { Clock } from "../../std/clock.ts";

export interface Suspect {
  readonly isAlone: boolean;
  /** It may ask again. */
  wake(): void;
}

export class Quarantine {
  readonly #clock: Clock;
  readonly #aloneMs: number;
  /** Since when, in the order of their coming. */
  readonly #inside = new Map<Suspect, number>();
  /** Alone, and behind what they were suspects for; the group does not know it yet. */
  readonly #parting = new Map<Suspect, number>();
  readonly #waiting = new Set<Suspect>();

  constructor(clock: Clock, aloneMs: number) {
    this.#clock = clock;
    this.#aloneMs = aloneMs;
  }

  /** True: it is inside, and may run. Else it is woken when it is worth to ask again. */
  enter(suspect: Suspect): boolean {
    if (this.#inside.has(suspect)) return true;
    this.#expire();
    if (!this.#mayEnter(suspect)) {
      this.#waiting.add(suspect);
      return false;
    }
    this.#waiting.delete(suspect);
    this.#inside.set(suspect, this.#clock.monotonicMs());
    return true;
  }

  /** It runs no more, and says so before anybody who is woken now can say anything. */
  makeWay(suspect: Suspect): void {
    const sinceMs = this.#inside.get(suspect);
    if (sinceMs === undefined) return;
    this.#inside.delete(suspect);
    this.#parting.set(suspect, sinceMs);
    this.#wakeNext();
  }

  /** It runs no more, as the group knows, or need not be asked for. */
  leave(suspect: Suspect): void {
    const places = [this.#waiting, this.#inside, this.#parting];
    if (places.some((place) => place.delete(suspect))) this.#wakeNext();
  }

  /** Now and then: whoever has been inside for its time keeps nobody waiting. */
  look(): void {
    if (this.#waiting.size === 0) return;
    this.#expire();
    for (const suspect of this.#waiting) if (this.#mayEnter(suspect)) suspect.wake();
  }

  #mayEnter({ isAlone }: Suspect): boolean {
    if (isAlone) return this.#inside.size === 0;
    const before = [...this.#inside.keys(), ...this.#parting.keys(), ...this.#waiting];
    return !before.some((other) => other.isAlone);
  }

  #expire(): void {
    const untilMs = this.#clock.monotonicMs() - this.#aloneMs;
    for (const place of [this.#inside, this.#parting]) {
      for (const [suspect, sinceMs] of place) if (sinceMs <= untilMs) place.delete(suspect);
    }
  }

  /** The first that is to be alone; without one, all. */
  #wakeNext(): void {
    for (const suspect of this.#waiting) {
      if (!suspect.isAlone) continue;
      if (this.#inside.size === 0) suspect.wake();
      return;
    }
    for (const suspect of this.#waiting) suspect.wake();
  }
}
