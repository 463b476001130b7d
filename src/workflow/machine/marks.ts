// Marks of runs: positions that only grow at their end. Runs that slept through the same have the
// same ones, and share them: a member's 100,000 runs change hands in one turn, and what would be
// made for each would be collected in that turn too.
// I1. what is shared is never changed: only `append` makes marks.

import type { Position } from "../../std/ids.ts";

const SLOTS = 64;

export class MarkPool {
  readonly #slots: (readonly Position[])[] = [];

  /** The marks with one more; of more than `most` the newest. */
  append(
    marks: readonly Position[],
    mark: Position,
    most: number = Number.POSITIVE_INFINITY,
  ): readonly Position[] {
    const from = marks.length < most ? 0 : marks.length + 1 - most;
    const slot = (mark * 31 + marks.length) % SLOTS;
    const known = this.#slots[slot];
    if (known !== undefined && isAppended(known, marks, { from, mark })) return known;
    const made = [...marks.slice(from), mark];
    this.#slots[slot] = made;
    return made;
  }
}

function isAppended(
  known: readonly Position[],
  marks: readonly Position[],
  { from, mark }: { readonly from: number; readonly mark: Position },
): boolean {
  const kept = marks.length - from;
  if (known.length !== kept + 1 || known[kept] !== mark) return false;
  for (let i = 0; i < kept; i++) if (known[i] !== marks[from + i]) return false;
  return true;
}
