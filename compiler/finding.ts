// What the analysis finds, as data. Every format is a rendering of this; nothing else crosses from
// the analysis to the interface.

/** 1-based; `endCol` is exclusive. */
export interface Range {
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
}

export type Severity = "error" | "warn" | "info";

/** How one frame of a trace leads to the next. */
export type Edge =
  | "body"
  | "call"
  | "new"
  | "getter"
  | "decorator"
  | "reference"
  | "delegate"
  | "default-param"
  | "module-init"
  | "sink";

/** One hop from a workflow body to what is wrong. The first is the body, the last the sink. */
export interface Frame {
  readonly symbol: string;
  /** Relative to the project's directory, with `/`. */
  readonly file: string;
  readonly range: Range;
  readonly edge: Edge;
}

/** Replaces the text between two offsets (UTF-16 units, from 0). */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a value that is not deterministic flows into. */
export type SinkKind = "control" | "key" | "return" | "state" | "payload" | "unknown";

export interface Finding {
  readonly ruleId: string;
  /** The rule's slug: `time`, `floating-effect`. */
  readonly category: string;
  readonly severity: Severity;
  readonly message: string;
  /** Where the sink is: relative to the project's directory, with `/`. */
  readonly file: string;
  readonly range: Range;
  /** `name@version` of all workflows that reach it. */
  readonly workflows: readonly string[];
  readonly trace: readonly Frame[];
  readonly sinkKind?: SinkKind;
  /** Safe to apply without a look. */
  readonly fix?: readonly Edit[];
  /** What to write instead, in one line. */
  readonly help?: string;
  /** Same for the same finding after lines moved: hash of rule, workflow, symbols on the path. */
  readonly fingerprint: string;
}

export interface LintedWorkflow {
  readonly name: string;
  readonly version: number | undefined;
  readonly file: string;
  readonly line: number;
  readonly functionsReached: number;
  readonly unverifiedCalls: number;
  /** Hash of what the body does; empty if it cannot be found, or was not asked for. */
  readonly fingerprint: string;
}

/** A call of the graph, for `--graph`. Symbols are `file#name`. */
export interface CallEdge {
  readonly from: string;
  readonly to: string;
  readonly edge: Edge;
}

/** All that the analysis knows of a project. Suppressions and baselines are applied to it later. */
export interface Analysis {
  readonly typescriptVersion: string;
  /** Files that were read for it, relative, sorted. */
  readonly files: readonly string[];
  readonly workflows: readonly LintedWorkflow[];
  readonly findings: readonly Finding[];
  /** Empty if they were not asked for. */
  readonly calls: readonly CallEdge[];
}
