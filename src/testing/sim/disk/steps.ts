// What is asked of a store next, and what it holds after that.

import type { Entry, Snapshot } from "../../../raft/types.ts";
import { index, nodeId, term } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import type { LogStore, Save, StorageFailure } from "../../../storage/port.ts";
import type { Held } from "./held.ts";

/** What is asked of a store at once. */
export type Act = Save | { readonly cut: Snapshot };

export interface Step {
  readonly what: Act;
  readonly after: Held;
}

export const isCut = (what: Act): boolean => "cut" in what;

export function act(store: LogStore, what: Act, done: (failure?: StorageFailure) => void): void {
  if ("cut" in what) store.cut(what.cut, done);
  else store.save(what, done);
}

export class Steps {
  readonly #random: Prng;
  readonly #mark: (what: string) => void;

  constructor(random: Prng, mark: (what: string) => void) {
    this.#random = random;
    this.#mark = mark;
  }

  after(held: Held): Step {
    const random = this.#random;
    const isTerm = random.chance(0.25);
    const ofTerm = held.term + (isTerm ? 1 + random.below(2) : 0);
    const vote = isTerm ? random.below(4) : held.vote;
    const last = held.snapshotAt + held.log.length;
    if (random.chance(0.06)) return this.#snapshot({ ofTerm, vote, last });
    if (held.log.length > 0 && random.chance(0.1)) return this.#compaction(held);
    const from = held.snapshotAt + 1 + random.below(held.log.length + 1);
    const bytes = random.chance(0.1) ? random.below(5_000) : random.below(200);
    const entries = Array.from(
      { length: random.below(5) },
      (_, i): Entry => ({
        index: index(from + i),
        term: term(ofTerm),
        kind: "normal",
        data: new Uint8Array(bytes).fill(random.chance(0.5) ? 0 : 9),
      }),
    );
    const kept = held.log.slice(0, from - held.snapshotAt - 1);
    const log = entries.length === 0 ? held.log : [...kept, ...entries];
    const commit = random.below(last + 1);
    const after = { ...held, term: ofTerm, vote, commit, log };
    const hardState = { term: term(ofTerm), vote: nodeId(vote), commit: index(commit) };
    return { what: { hardState, entries }, after };
  }

  #snapshot(now: { ofTerm: number; vote: number; last: number }): Step {
    const { ofTerm, vote, last } = now;
    this.#mark("snapshot");
    const at = last + 1 + this.#random.below(10);
    const snapshot = this.#snapshotAt(at, ofTerm);
    const after = { term: ofTerm, vote, commit: at, snapshotAt: at, log: [] };
    const hardState = { term: term(ofTerm), vote: nodeId(vote), commit: index(at) };
    return { what: { hardState, entries: [], snapshot }, after };
  }

  /** Of what is there, a beginning goes. */
  #compaction(held: Held): Step {
    this.#mark("cut");
    const gone = 1 + this.#random.below(held.log.length);
    const at = held.snapshotAt + gone;
    const cut = this.#snapshotAt(at, held.log[gone - 1]?.term ?? held.term);
    // What a snapshot holds is committed.
    const commit = Math.max(held.commit, at);
    return { what: { cut }, after: { ...held, commit, snapshotAt: at, log: held.log.slice(gone) } };
  }

  #snapshotAt(at: number, ofTerm: number): Snapshot {
    return {
      index: index(at),
      term: term(ofTerm),
      confState: {
        voters: [nodeId(1)],
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
      data: new Uint8Array(this.#random.below(3_000)).fill(3),
    };
  }
}
