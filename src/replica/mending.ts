// What a replica whose log rotted must get back before it takes part again.
//
// An entry that rotted may have been acknowledged: the group may count on it. So this member is as
// good as down, and neither votes nor acknowledges, until each such entry is there again (PAR,
// CTRL; FAST '18), or is known never to be committed.
// I1. An entry is taken from whoever has it: index and term say that it is the same (Raft §5.3),
//     and its checksum that it is so to the byte.
// I2. Only a leader may say that one is not to be: one of a term not before any in which this
//     member acknowledged. It has all that was committed before it (§5.4.3), and all of its own
//     term. And never of what this member knows to be committed.

import type { Entry, HardState } from "../raft/types.ts";
import type { Index } from "../std/ids.ts";
import type { FaultyEntry, Mend } from "../storage/port.ts";
import type { EntryPlace, Found } from "./mend-codec.ts";

/** Places asked for in one message; the next ones follow when these are there. */
const WANTED_MAX = 1_024;

export class Mending {
  readonly #hardState: HardState;
  readonly #faulty = new Map<Index, FaultyEntry>();
  readonly #found: Entry[] = [];
  #discardFrom: Index | undefined;

  constructor(faulty: readonly FaultyEntry[], hardState: HardState) {
    this.#hardState = hardState;
    for (const one of faulty) this.#faulty.set(one.index, one);
  }

  get isDone(): boolean {
    return this.#faulty.size === 0;
  }

  /** What is still to be found: how many, the first and the last. */
  get left(): { readonly count: number; readonly first: number; readonly last: number } {
    const places = [...this.#faulty.keys()];
    return { count: places.length, first: Math.min(...places), last: Math.max(...places) };
  }

  wanted(): readonly EntryPlace[] {
    const places = [...this.#faulty.values()].slice(0, WANTED_MAX);
    return places.map(({ index, term }) => ({ index, term }));
  }

  /** Whether it brought anything. */
  take({ absentFrom, entries, isLeader, term }: Found): boolean {
    const before = this.#faulty.size;
    for (const entry of entries) {
      if (this.#faulty.get(entry.index)?.accepts(entry) !== true) continue;
      this.#faulty.delete(entry.index);
      this.#found.push(entry);
    }
    const { commit, term: own } = this.#hardState;
    if (absentFrom !== undefined && isLeader && term >= own && absentFrom > commit) {
      this.#discard(absentFrom);
    }
    return this.#faulty.size < before;
  }

  outcome(): Mend {
    return { entries: this.#found, discardFrom: this.#discardFrom };
  }

  #discard(from: Index): void {
    if (!this.#faulty.has(from)) return;
    for (const at of [...this.#faulty.keys()]) if (at >= from) this.#faulty.delete(at);
    this.#discardFrom = from;
  }
}
