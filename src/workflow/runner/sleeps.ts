// Timers of the sleeps and time-outs that a run waits for, on its owner.

import type { Timer } from "../../std/clock.ts";
import type { Path } from "../../std/ids.ts";
import type { Barrier } from "../interpreter/body.ts";
import type { BatchItem } from "../machine/command.ts";
import type { RunnerLimits, RunnerPorts } from "./port.ts";
import type { Quarantine } from "./quarantine.ts";

/** What Calls and Sleeps need of their driver. */
export interface DriverDoors {
  readonly ports: RunnerPorts;
  readonly limits: RunnerLimits;
  /** Puts an item into the numbered stream. */
  say(item: BatchItem): void;
  readonly wake: () => void;
  readonly quarantine: Quarantine;
}

/** No timer is set for longer: platforms wrap around at 2^31 ms. A longer sleep is set again. */
export const TIMER_MAX_MS = 86_400_000;

export class Sleeps {
  readonly #doors: DriverDoors;
  /** undefined: it fired, and its outcome is on its way. */
  readonly #timers = new Map<Path, Timer | undefined>();

  constructor(doors: DriverDoors) {
    this.#doors = doors;
  }

  /** Is anything on its way that the group may not have accepted? */
  get isBusy(): boolean {
    for (const timer of this.#timers.values()) if (timer === undefined) return true;
    return false;
  }

  /** Sets the timer of a pending barrier once; fires late rather than early, and once. */
  owe(barrier: Barrier, dueMs: number): void {
    const { path } = barrier.effect;
    if (this.#timers.has(path)) return;
    const { clock, timers } = this.#doors.ports;
    const leftMs = dueMs - clock.wallMs();
    if (leftMs <= 0) {
      this.#fire(barrier);
      return;
    }
    const timer = timers.set(Math.min(leftMs, TIMER_MAX_MS), () => {
      this.#timers.delete(path);
      this.owe(barrier, dueMs);
    });
    this.#timers.set(path, timer);
  }

  /** The timers of branches that were cancelled go: a race leaves none behind. */
  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    for (const [path, timer] of this.#timers) {
      if (barriers.has(path)) continue;
      timer?.cancel();
      this.#timers.delete(path);
    }
  }

  dropAll(): void {
    for (const timer of this.#timers.values()) timer?.cancel();
    this.#timers.clear();
  }

  #fire(barrier: Barrier): void {
    const { ports, say, wake } = this.#doors;
    this.#timers.set(barrier.effect.path, undefined);
    say({
      kind: "outcome",
      effect: barrier.effect,
      outcome: { ok: true, value: ports.codec.pack(undefined) },
    });
    wake();
  }
}
