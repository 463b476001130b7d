import type { Taken } from "./messages.ts";

const NONE: Taken = { commands: 0, bytes: 0 };

/** Submitted commands that are out of the way, and that the user's side was not told of. */
export class Tally {
  #taken: Taken = NONE;

  add(bytes: number): void {
    const { commands, bytes: before } = this.#taken;
    this.#taken = { commands: commands + 1, bytes: before + bytes };
  }

  get isEmpty(): boolean {
    return this.#taken === NONE;
  }

  /** To be told now. */
  take(): Taken {
    const taken = this.#taken;
    this.#taken = NONE;
    return taken;
  }
}
