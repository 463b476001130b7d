// What an attempt says of itself while it runs: recorded no more often than the limit, the latest
// wins. Nothing waits for it; what is lost costs the next attempt some of its work.

import type { Timer } from "../../std/clock.ts";
import type { Path } from "../../std/ids.ts";
import type { Value } from "../dsl/record.ts";
import type { DriverDoors } from "./sleeps.ts";

export class Heartbeat {
  readonly #doors: DriverDoors;
  readonly #path: Path;
  readonly #everyMs: number;
  #waiting: Value | undefined;
  #timer: Timer | undefined;

  constructor(doors: DriverDoors, path: Path, everyMs: number) {
    this.#doors = doors;
    this.#path = path;
    this.#everyMs = everyMs;
  }

  beat(details: unknown): void {
    this.#waiting = this.#doors.ports.codec.encode(details);
    if (this.#timer === undefined) this.#say();
  }

  /** Before the attempt's failure is said, so that the next one is given the latest. */
  flush(): void {
    const { path, details } = { path: this.#path, details: this.#waiting };
    this.#waiting = undefined;
    if (details !== undefined) this.#doors.say({ kind: "heartbeat", path, details });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting = undefined;
  }

  #say(): void {
    this.flush();
    this.#doors.wake();
    this.#timer = this.#doors.ports.timers.set(this.#everyMs, () => {
      this.#timer = undefined;
      if (this.#waiting !== undefined) this.#say();
    });
  }
}
