import type { Analysis } from "../finding.ts";
import type { Allow } from "../report/allows.ts";

/** What the analysis is asked. Whatever else is said about findings is applied to its answer. */
export interface AnalysisRequest {
  /** The tsconfig.json, absolute. */
  readonly project: string;
  readonly declare: Readonly<Record<string, string>>;
  readonly trustExternals: boolean;
  /** Beside the findings: what most reports do not show, and what costs to make. */
  readonly wants: readonly Extra[];
}

/** Fingerprints of bodies, the calls of the graph. */
export type Extra = "fingerprints" | "calls";

/** All that is taken from the project's files; what the cache keeps. */
export interface Analysed {
  readonly analysis: Analysis;
  readonly allows: readonly Allow[];
  /** The tsconfig.json and those that it extends or refers to: absolute. */
  readonly configFiles: readonly string[];
  /** Does the project name any, whatever is in them? */
  readonly hasFiles: boolean;
}

/** Reads and analyses a project. The real one loads the compiler; tests hand in their own. */
export type Analyser = (request: AnalysisRequest) => Promise<Analysed>;

/** The same for a host that cannot wait. */
export type SyncAnalyser = (request: AnalysisRequest) => Analysed;
