// What a member's log holds, durable or not, as its Readies told: only for the oracle.

import type { Entry, Snapshot } from "../../../raft/types.ts";
import type { Term } from "../../../std/ids.ts";
import type { MemoryDisk } from "../../../storage/memory.ts";

export class LogModel {
  #base: number;
  /** `#terms[0]` is that of the base itself. */
  #terms: Term[];

  constructor({ snapshot, entries }: MemoryDisk) {
    this.#base = snapshot.index;
    this.#terms = [snapshot.term, ...entries.map(({ term }) => term)];
  }

  get firstIndex(): number {
    return this.#base + 1;
  }

  term(at: number): Term | undefined {
    return this.#terms[at - this.#base];
  }

  restore({ index, term }: Snapshot): void {
    this.#base = index;
    this.#terms = [term];
  }

  /** The term of the entry before it; undefined where that is not known any more. */
  append({ index, term }: Entry): Term | undefined {
    const at = index - this.#base;
    this.#terms.length = Math.max(1, at);
    this.#terms[at] = term;
    return this.term(index - 1);
  }
}
