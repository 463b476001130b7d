import type { Index, Term } from "../std/ids.ts";
import type { Result } from "../std/result.ts";
import type { ConfState, Entry, HardState, Snapshot } from "./types.ts";

/**
 * `compacted`: only a snapshot has it. `unavailable`: not written yet.
 * `temporarily-unavailable`: ask again.
 */
export type StorageError = "compacted" | "unavailable" | "temporarily-unavailable";

/** The stable log as the core reads it: synchronously, never past what it was told is stable. */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** The first entry that is still there; the one before it answers `term` alone. */
  firstIndex(): Index;
  lastIndex(): Index;
  term(index: Index): Result<Term, StorageError>;
  /** [low, high), at least one, cut where their bytes pass `maxBytes`. */
  entries(low: Index, high: Index, maxBytes: number): Result<readonly Entry[], StorageError>;
  snapshot(): Result<Snapshot, StorageError>;
}
