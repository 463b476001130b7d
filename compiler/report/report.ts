import type { Finding, LintedWorkflow } from "../finding.ts";

/** Why a finding is let through: a `raftoral-allow` comment. */
export interface Suppression {
  readonly reason: string;
  /** Where the comment stands: relative to the project's directory. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A finding with what the project says about it. */
export interface ReportedFinding extends Finding {
  /** The page of its rule. */
  readonly docs: string;
  /** `null` when nobody allows it. */
  readonly suppressed: Suppression | null;
  /** Only where a baseline is used: whether it has this finding. */
  readonly baseline?: "new" | "unchanged";
}

/** Counts of what is neither allowed nor in the baseline, and of what is. */
export interface Summary {
  /** Files that were read for the analysis. */
  readonly files: number;
  readonly workflows: number;
  /** Workflows with at least one error or warning that counts. */
  readonly workflowsWithFindings: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly suppressed: number;
  readonly baselined: number;
  /** Milliseconds from the call to the report. */
  readonly ms: number;
}

/** What `raftoral lint --format json` prints: schema 1. */
export interface LintReport {
  readonly schemaVersion: 1;
  readonly tool: {
    readonly name: string;
    readonly version: string;
    /** The TypeScript that analysed, not the project's own. */
    readonly typescript: string;
  };
  readonly summary: Summary;
  readonly workflows: readonly LintedWorkflow[];
  /** By file, line, column and rule; those that are allowed or in the baseline are there too. */
  readonly findings: readonly ReportedFinding[];
}

/** Whether it can make the command fail: neither allowed nor known to the baseline. */
export function counts(finding: ReportedFinding): boolean {
  return finding.suppressed === null && finding.baseline !== "unchanged";
}

/** `checkout@3`, as findings name it; `checkout@?` if the version cannot be read. */
export function workflowLabel({ name, version }: LintedWorkflow): string {
  return `${name}@${version ?? "?"}`;
}
