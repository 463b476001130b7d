// How much a node's directory holds, looked at now and then: for people, nothing depends on it.

import type { Timer, Timers } from "../std/clock.ts";
import type { DiskUse, NodeHome } from "./identity.ts";

const LOOK_MS = 5_000;

export class DiskGauge {
  /** As of the last look; undefined: in memory, or not looked at yet. */
  use: DiskUse | undefined;
  readonly #home: NodeHome;
  readonly #timers: Timers;
  #timer: Timer | undefined;

  constructor(home: NodeHome, timers: Timers) {
    this.#home = home;
    this.#timers = timers;
  }

  start(): void {
    this.#timer = this.#timers.set(LOOK_MS, () => this.start());
    void this.look();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** What cannot be looked at keeps its last value: a disk that fails is told where it is used. */
  async look(): Promise<void> {
    try {
      this.use = await this.#home.use();
    } catch {}
  }
}
