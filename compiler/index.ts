import { lintCommand as command, type LintIo } from "./command.ts";
import type { LintOptions } from "./config/settings.ts";
import type { LintFlags } from "./flags.ts";
import { lazyAnalyser } from "./project/lazy-analyser.ts";
import type { LintReport } from "./report/report.ts";
import { runLint } from "./run.ts";

export type { LintIo } from "./command.ts";
export type { Level, LintConfig } from "./config/config.ts";
export type { LintOptions } from "./config/settings.ts";
export type {
  Edge,
  Edit,
  Finding,
  Frame,
  LintedWorkflow,
  Range,
  Severity,
  SinkKind,
} from "./finding.ts";
export type { LintFlags } from "./flags.ts";
export type { LintReport, ReportedFinding, Summary, Suppression } from "./report/report.ts";

/**
 * Checks a project's workflows for what is not deterministic. Reads files, and writes none but
 * the cache's and the fingerprints', where they are asked for. Throws a `RaftoralError` with code
 * `lint-config-invalid` for what cannot be carried out.
 */
export async function lint(options: LintOptions = {}): Promise<LintReport> {
  return (await runLint(options, lazyAnalyser)).report;
}

/**
 * `raftoral lint` by its flags: true when nothing was found that counts. Throws like `lint`, also
 * for flags that mean nothing.
 */
export function lintCommand(flags: LintFlags, io: LintIo): Promise<boolean> {
  return command(flags, io, lazyAnalyser);
}
