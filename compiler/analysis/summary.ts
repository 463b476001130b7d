// What one piece of code does by itself, and where it leads. The call graph is made of these.

import type { ts } from "ts-morph";
import type { Edge, Severity, SinkKind } from "../finding.ts";
import type { CodeNode } from "./resolve.ts";

/** Something that a rule objects to, at its place. */
export interface Sink {
  readonly ruleId: string;
  readonly node: ts.Node;
  /** What is used: `Date.now`, `fs.readFileSync`. */
  readonly symbol: string;
  readonly message: string;
  readonly help?: string;
  /** Where it is not the rule's own. */
  readonly severity?: Severity;
  readonly sinkKind?: SinkKind;
  readonly fix?: readonly SinkEdit[];
}

export interface SinkEdit {
  readonly file: ts.SourceFile;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A way from this code to other code. */
export interface CodeEdge {
  readonly to: CodeNode;
  readonly edge: Edge;
  /** The call, the reference, the read. */
  readonly at: ts.Node;
}

/** A call of a method without a body: it leads to what implements it. */
export interface VirtualCall {
  readonly declaration: ts.Declaration;
  readonly name: string;
  readonly at: ts.Node;
}

export interface CodeSummary {
  readonly sinks: readonly Sink[];
  readonly edges: readonly CodeEdge[];
  readonly virtuals: readonly VirtualCall[];
  /** Classes that it makes instances of. */
  readonly made: readonly ts.ClassLikeDeclaration[];
  readonly unverifiedCalls: number;
}
