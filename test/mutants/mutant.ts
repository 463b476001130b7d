/** One text of one file, which occurs there once, replaced by another. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A planted bug. */
export interface Mutant extends Edit {
  readonly name: string;
  /** The rule that it breaks: a number of the semantics, or a section of a paper. */
  readonly breaks: string;
  /** Where one edit is not enough. */
  readonly also?: readonly Edit[];
  /** Patterns of test files that look before the simulator does: laws that name it. */
  readonly first?: readonly string[];
}

export interface Catalogue {
  readonly profile: string;
  /** Seeds within which each must be killed; 0: the tests alone look. */
  readonly seeds: number;
  /** Patterns of test files that look at what the simulator let live. */
  readonly tests: readonly string[];
  readonly mutants: readonly Mutant[];
}
