import { join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { invalid } from "./config/check.ts";
import type { LintOptions } from "./config/settings.ts";
import { explain } from "./explain.ts";
import { type LintFlags, optionsOf } from "./flags.ts";
import { FORMATS, isFormatName } from "./format/formats.ts";
import type { FormatContext } from "./format/output.ts";
import { graphDot } from "./graph.ts";
import { mend, previewFixes } from "./mend.ts";
import type { Analyser } from "./project/analysed.ts";
import { writeText } from "./project/files.ts";
import { baselineOf, pruned } from "./report/baseline.ts";
import { readBaseline, writeBaseline } from "./report/baseline-file.ts";
import { type LintReport, workflowLabel } from "./report/report.ts";
import { DESCRIBED_RULES } from "./rule-facts.ts";
import { type LintRun, type RunOptions, runLint, sourceReader } from "./run.ts";
import { statistics } from "./statistics.ts";
import { watchLint } from "./watch-lint.ts";

/** Where the command's words go. */
export interface LintIo {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether `write` reaches a terminal that shows colours. Default false. */
  readonly hasColors?: boolean;
  /** Ends `--watch`. */
  readonly signal?: AbortSignal;
}

/** Carries out `raftoral lint`: true if nothing is found that counts. Throws what exits with 2. */
export async function lintCommand(
  flags: LintFlags,
  io: LintIo,
  analyser: Analyser,
): Promise<boolean> {
  if (flags.explain !== undefined) {
    io.write(explain(flags.explain));
    return true;
  }
  const options = optionsOf(flags);
  const areCallsShown = flags.graph !== undefined || flags.stats === true;
  if (flags.watch === true) {
    const print = (run: LintRun): void => void finished(run, flags, io);
    return watchLint({ options, analyser, print, io, runOptions: { areCallsShown } });
  }
  const isBaselineOptional = flags.updateBaseline === true;
  const run = await first(flags, options, { io, analyser, isBaselineOptional, areCallsShown });
  if (isBaselineOptional) return baselineUpdated(run, io);
  if (flags.pruneBaseline === true)
    return finished(await prunedRun(run, options, analyser), flags, io);
  return finished(run, flags, io);
}

interface Means extends Required<RunOptions> {
  readonly io: LintIo;
  readonly analyser: Analyser;
}

async function first(flags: LintFlags, options: LintOptions, means: Means): Promise<LintRun> {
  const { io, analyser, ...runOptions } = means;
  if (flags.fix !== true) return runLint(options, analyser, runOptions);
  const { run, mended } = await mend(options, analyser, runOptions);
  if (mended > 0) io.writeError(`raftoral lint: mended ${mended}\n`);
  return run;
}

/** Prints what was asked for; whether the run passes. */
function finished(run: LintRun, flags: LintFlags, io: LintIo): boolean {
  const text = rendered(run, flags, io);
  if (flags.output === undefined) io.write(text);
  else writeText(resolve(run.settings.directory, flags.output), text);
  if (flags.fixDryRun === true) {
    const { shown, source } = contextOf(run, flags, io);
    io.writeError(previewFixes(run.report.findings, source, shown));
  }
  if (flags.stats === true) io.writeError(statistics(run));
  return passes(run);
}

function rendered(run: LintRun, flags: LintFlags, io: LintIo): string {
  if (flags.graph !== undefined) {
    if (flags.graph !== "dot") throw invalid(`--graph knows dot alone, not ${flags.graph}`);
    return graphDot(run.analysis);
  }
  if (flags.listWorkflows === true) return listed(run, flags, io);
  const name = flags.format ?? "stylish";
  if (!isFormatName(name)) throw invalid(`--format is one of: ${Object.keys(FORMATS).join(", ")}`);
  const report = flags.quiet === true ? errorsOnly(run.report) : run.report;
  return FORMATS[name](report, contextOf(run, flags, io));
}

function contextOf(run: LintRun, flags: LintFlags, io: LintIo): FormatContext {
  const { directory, projectDirectory } = run.settings;
  return {
    shown: (file) => relative(directory, join(projectDirectory, file)).split(sep).join("/"),
    source: sourceReader(run.settings),
    hasColors: colors(flags, io),
    rules: DESCRIBED_RULES,
  };
}

function colors(flags: LintFlags, io: LintIo): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (flags.color === false || flags.output !== undefined || NO_COLOR) return false;
  return io.hasColors === true || (FORCE_COLOR !== undefined && FORCE_COLOR !== "0");
}

function errorsOnly(report: LintReport): LintReport {
  return { ...report, findings: report.findings.filter(({ severity }) => severity === "error") };
}

function listed(run: LintRun, flags: LintFlags, io: LintIo): string {
  const { workflows } = run.report;
  if (flags.format === "json") return `${JSON.stringify(workflows, undefined, 2)}\n`;
  const { shown } = contextOf(run, flags, io);
  const labels = workflows.map(workflowLabel);
  const width = Math.max(0, ...labels.map((label) => label.length));
  const rows = workflows.map((workflow, i) => {
    const place = `${shown(workflow.file)}:${workflow.line}`;
    const unread = workflow.unverifiedCalls;
    const counts = `${workflow.functionsReached} functions reached, ${unread} calls not readable`;
    return `${(labels[i] ?? "").padEnd(width)}  ${place}  ${counts}\n`;
  });
  return rows.join("");
}

function passes({ report, settings }: LintRun): boolean {
  const { errors, warnings } = report.summary;
  const isTooMany = warnings > settings.maxWarnings || (settings.failOn === "warn" && warnings > 0);
  return errors === 0 && !isTooMany;
}

function baselineFile({ settings }: LintRun): string {
  return settings.baseline ?? resolve(settings.directory, "raftoral-lint-baseline.json");
}

function baselineUpdated(run: LintRun, io: LintIo): boolean {
  const file = baselineFile(run);
  const baseline = baselineOf(run.report.findings);
  writeBaseline(file, baseline);
  const count = baseline.findings.reduce((sum, entry) => sum + entry.count, 0);
  io.writeError(`raftoral lint: ${file} has ${count} findings\n`);
  return true;
}

async function prunedRun(run: LintRun, options: LintOptions, analyser: Analyser): Promise<LintRun> {
  const file = baselineFile(run);
  const known = readBaseline(file, run.settings.projectDirectory);
  writeBaseline(file, pruned(known.content, run.report.findings));
  return runLint({ ...options, baseline: file }, analyser);
}
