// Whether the leader is there at all, where the transport knows. A follower has nothing to say to
// a leader that is silent, so it asks; one whose process is gone is given up long before an
// election's own time-out.
//
// I1. A leader is given up that says nothing, and of which the transport says, tick after tick,
//     that nobody is there. Whoever can be heard leads on.
// I2. Giving it up takes nothing from it: this member answers others' pre-votes, and asks for
//     theirs. A leader that a majority hears stays (thesis §9.6).
// I3. Members that give it up together stand at different times, and again where nobody won, a
//     few times: then the election's own time-out is left.

import { NONE, type NodeId } from "../std/ids.ts";

/** So many ticks nobody must be there: longer than a leader needs to connect anew, at first. */
export const UNHEARD_TICKS = 8;
/** The first time within so many ticks, the next ones after as many and up to twice as many. */
const STAND_TICKS = 4;
const STANDS_MAX = 5;

export interface LeaderWatchParts {
  readonly self: NodeId;
  /** It has not shown itself for longer than it should. */
  readonly silentTicks: number;
  below(limit: number): number;
  /** Says something that needs no answer. */
  probe(leader: NodeId): void;
  giveUp(): void;
  stand(): void;
}

export class LeaderWatch {
  readonly #parts: LeaderWatchParts;
  #leader: NodeId = NONE;
  #silent = 0;
  #unheard = 0;
  #isUnheard = false;
  #standsLeft = 0;
  #standIn = 0;

  constructor(parts: LeaderWatchParts) {
    this.#parts = parts;
  }

  heard(from: NodeId): void {
    if (from === this.#leader) this.#begin(from);
  }

  /** Nobody listens there. */
  unheard(id: NodeId): void {
    if (id === this.#leader) this.#isUnheard = true;
  }

  tick(leader: NodeId): void {
    if (leader === NONE) this.#standIfDue();
    else if (leader !== this.#leader) this.#begin(leader);
    else if (leader !== this.#parts.self) this.#look(leader);
  }

  #begin(leader: NodeId): void {
    this.#leader = leader;
    this.#silent = 0;
    this.#unheard = 0;
    this.#isUnheard = false;
    this.#standsLeft = 0;
  }

  #look(leader: NodeId): void {
    const { below, giveUp, probe, silentTicks } = this.#parts;
    if (++this.#silent <= silentTicks) return;
    if (this.#isUnheard) this.#unheard++;
    this.#isUnheard = false;
    if (this.#unheard < UNHEARD_TICKS) {
      probe(leader);
      return;
    }
    this.#begin(NONE);
    this.#standsLeft = STANDS_MAX;
    this.#standIn = below(STAND_TICKS);
    giveUp();
  }

  #standIfDue(): void {
    if (this.#standsLeft === 0 || this.#standIn-- > 0) return;
    this.#standsLeft--;
    this.#standIn = STAND_TICKS + this.#parts.below(STAND_TICKS);
    this.#parts.stand();
  }
}
