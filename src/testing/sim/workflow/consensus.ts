// Raft, seen from above: a proposal is appended to one total order at an arbitrary later time,
// zero, one or more times, alone or with others in one entry. Whoever made it goes on offering it
// (SEMANTICS 25).

import type { Prng } from "../../../std/prng.ts";

export interface Proposal {
  readonly id: number;
  readonly bytes: Uint8Array;
}

export interface Entry {
  readonly proposals: readonly Proposal[];
  /** The leader's clock. */
  readonly stampMs: number;
}

export class Consensus {
  readonly entries: Entry[] = [];
  #pool: Proposal[] = [];
  #nextId = 1;

  /** How many offers are under way. */
  get pending(): number {
    return this.#pool.length;
  }

  propose(bytes: Uint8Array): Proposal {
    const proposal = { id: this.#nextId++, bytes };
    this.#pool.push(proposal);
    return proposal;
  }

  /** The same proposal once more: its first offer may be lost, or only slow. */
  offer(proposal: Proposal): void {
    this.#pool.push(proposal);
  }

  /**
   * Takes some offers out of the pool, in any order;
   * `chanceToStay`: as a duplicate that comes again.
   */
  take(random: Prng, count: number, chanceToStay: number): readonly Proposal[] {
    const taken: Proposal[] = [];
    for (let i = 0; i < count && this.#pool.length > 0; i++) {
      const at = random.below(this.#pool.length);
      const proposal = this.#pool[at];
      if (proposal === undefined) break;
      taken.push(proposal);
      if (!random.chance(chanceToStay)) this.#pool.splice(at, 1);
    }
    return taken;
  }

  /** All that is under way, in the order of the offers. */
  takeAll(): readonly Proposal[] {
    const all = this.#pool;
    this.#pool = [];
    return all;
  }

  append(proposals: readonly Proposal[], stampMs: number): Entry {
    const entry = { proposals, stampMs };
    this.entries.push(entry);
    return entry;
  }
}
