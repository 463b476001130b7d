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
// I3. What nobody has in a log any more a snapshot stands for: it is of what is committed alone, so
//     it may take the place of anything before it (Raft §7). The same where this member's own
//     snapshots rotted, and the log behind them does not begin at the start.

import type { Entry, HardState, Snapshot } from "../raft/types.ts";
import type { Index, Term } from "../std/ids.ts";
import type { FaultyEntry, Mend } from "../storage/port.ts";
import type { Found, Wanted } from "./mend-codec.ts";

/** Places asked for in one message; the next ones follow when these are there. */
const WANTED_MAX = 1_024;

export interface Lack {
  readonly faulty: readonly FaultyEntry[];
  /** No state is left to go on from: a snapshot of this place or a later one is needed. */
  readonly stateAt?: Index;
  readonly hardState: HardState;
  /** Of the entry there in this member's log; undefined: it has none. */
  termAt(at: Index): Term | undefined;
}

export class Mending {
  readonly #lack: Lack;
  readonly #faulty = new Map<Index, FaultyEntry>();
  readonly #found: Entry[] = [];
  #discardFrom: Index | undefined;
  #snapshot: Snapshot | undefined;

  constructor(lack: Lack) {
    this.#lack = lack;
    for (const one of lack.faulty) this.#faulty.set(one.index, one);
  }

  get isDone(): boolean {
    return this.#faulty.size === 0 && !this.#lacksState;
  }

  get #lacksState(): boolean {
    return this.#lack.stateAt !== undefined && this.#snapshot === undefined;
  }

  /** What is still to be found: how many, the first and the last. */
  get left(): { readonly count: number; readonly first: number; readonly last: number } {
    const places = [...this.#faulty.keys()];
    const { stateAt = 0 } = this.#lack;
    if (places.length === 0) return { count: 0, first: stateAt, last: stateAt };
    return { count: places.length, first: Math.min(...places), last: Math.max(...places) };
  }

  wanted(): Wanted {
    const places = [...this.#faulty.values()].slice(0, WANTED_MAX);
    return {
      places: places.map(({ index, term }) => ({ index, term })),
      stateAt: this.#lacksState ? this.#lack.stateAt : undefined,
    };
  }

  /** It stands for something that is missing. */
  needs({ index: at }: Snapshot): boolean {
    const { stateAt } = this.#lack;
    if (this.#lacksState && stateAt !== undefined) return at >= stateAt;
    return [...this.#faulty.keys()].some((faulty) => faulty <= at);
  }

  /** Its body is durable here. */
  replace(snapshot: Snapshot): void {
    if (!this.needs(snapshot)) return;
    this.#snapshot = snapshot;
    const isFollowed = this.#lack.termAt(snapshot.index) === snapshot.term;
    for (const at of [...this.#faulty.keys()]) {
      if (!isFollowed || at <= snapshot.index) this.#faulty.delete(at);
    }
  }

  /** Whether it brought anything. */
  take({ absentFrom, entries, isLeader, term }: Found): boolean {
    const before = this.#faulty.size;
    for (const entry of entries) {
      if (this.#faulty.get(entry.index)?.accepts(entry) !== true) continue;
      this.#faulty.delete(entry.index);
      this.#found.push(entry);
    }
    const { commit, term: own } = this.#lack.hardState;
    if (absentFrom !== undefined && isLeader && term >= own && absentFrom > commit) {
      this.#discard(absentFrom);
    }
    return this.#faulty.size < before;
  }

  outcome(): Mend {
    const snapshot = this.#snapshot;
    return { entries: this.#found, discardFrom: this.#discardFrom, snapshot };
  }

  #discard(from: Index): void {
    if (!this.#faulty.has(from)) return;
    for (const at of [...this.#faulty.keys()]) if (at >= from) this.#faulty.delete(at);
    this.#discardFrom = from;
  }
}
