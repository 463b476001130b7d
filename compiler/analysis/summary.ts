import type { ts } from "ts-morph";
import type { Edge, Severity, SinkKind } from "../finding.ts";
import type { Activation } from "./value.ts";

/** Something wrong at one place of the code, whoever gets there. */
export interface Site {
  readonly ruleId: string;
  readonly node: ts.Node;
  /** What is called there: `Date.now`, `counter`, `compute`. */
  readonly symbol: string;
  readonly message: string;
  readonly help?: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly sinkKind?: SinkKind;
  readonly fix?: readonly Replacement[];
  /** The mistake is the code itself, not that a body gets there: told once, for all bodies. */
  readonly isLocal: boolean;
}

export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A way from one piece of code into another. */
export interface Link {
  readonly to: Activation;
  readonly node: ts.Node;
  readonly edge: Edge;
}

/** What one piece of code does by itself, and where it leads. */
export interface Summary {
  readonly sites: readonly Site[];
  readonly links: readonly Link[];
  /** Calls that could not be read. */
  readonly unverified: number;
}
