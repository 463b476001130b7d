// Runs that a runner has to look at again.
//
// I1. Who is warm already comes first: one look more, and it may cool down again. Where it stood
//     behind all that are still to become warm, they all would be warm at once.
// I2. Who is not has a share nevertheless, however busy the others are.

import type { RunId } from "../../std/ids.ts";

/** Of so many looks, where both kinds wait, one is at a run that is to become warm. */
const SHARE = 4;

export class TouchedRuns {
  readonly #isWarm: (runId: RunId) => boolean;
  /** Each in the order in which they were touched. */
  readonly #warm = new Set<RunId>();
  readonly #others = new Set<RunId>();
  #looks = 0;

  constructor(isWarm: (runId: RunId) => boolean) {
    this.#isWarm = isWarm;
  }

  get size(): number {
    return this.#warm.size + this.#others.size;
  }

  add(runId: RunId): void {
    (this.#isWarm(runId) ? this.#warm : this.#others).add(runId);
  }

  /** The next ones, until it is enough; each is taken out as it comes. */
  *taken(isEnough: () => boolean): Generator<RunId, void, void> {
    // Kept for the whole round: a new one passes all that was deleted before.
    const warm = this.#warm.values();
    const others = this.#others.values();
    while (!isEnough()) {
      const isOthers =
        this.#warm.size === 0 || (++this.#looks % SHARE === 0 && this.#others.size > 0);
      const { value: runId } = (isOthers ? others : warm).next();
      if (runId === undefined) return;
      (isOthers ? this.#others : this.#warm).delete(runId);
      yield runId;
    }
  }
}
