import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { invalid } from "./config/check.ts";
import { nearest } from "./config/nearest.ts";
import { type LintOptions, type LintSettings, settingsOf } from "./config/settings.ts";
import type { Analysis } from "./finding.ts";
import type { Analysed, Analyser, AnalysisRequest, Extra } from "./project/analysed.ts";
import { readCache, writeCache } from "./project/cache.ts";
import { sourceAt } from "./project/files.ts";
import { BUNDLED_TYPESCRIPT, packageVersion } from "./project/package-facts.ts";
import { hasSources, isSourceFile, readTree, type Tree } from "./project/tree.ts";
import { assemble, type ReportSettings } from "./report/assemble.ts";
import { readBaseline } from "./report/baseline-file.ts";
import { withNewBodies } from "./report/fingerprints.ts";
import { readFingerprints, writeFingerprints } from "./report/fingerprints-file.ts";
import { type LintReport, workflowLabel } from "./report/report.ts";
import { RULE_FACTS, WORDS } from "./rule-facts.ts";

/** One run of the linter: the report, and what it was made from. */
export interface LintRun {
  readonly report: LintReport;
  readonly analysis: Analysis;
  readonly settings: LintSettings;
  readonly times: LintTimes;
}

/** Milliseconds. */
export interface LintTimes {
  /** Reading the project's folder, and the cache. */
  readonly read: number;
  /** Loading the compiler and analysing; 0 when neither was needed. */
  readonly analysis: number;
  readonly report: number;
  /** Where the analysis came from. */
  readonly source: "analysis" | "cache" | "no file names raftoral";
}

/** What a run needs of the command beside the options. */
export interface RunOptions {
  /** The calls of the graph are shown: `--graph`, `--stats`. */
  readonly areCallsShown?: boolean;
  /** A baseline is about to be written: it need not be there yet. */
  readonly isBaselineOptional?: boolean;
}

/**
 * Analyses the project, or takes what the cache has, and says what counts. Throws
 * `lint-config-invalid`.
 */
export async function runLint(
  options: LintOptions,
  analyser: Analyser,
  { isBaselineOptional = false, areCallsShown = false }: RunOptions = {},
): Promise<LintRun> {
  const started = performance.now();
  const settings = settingsOf(options, WORDS);
  checkPaths(settings);
  const { analysed, source, read, analysis } = await analysedBy(
    settings,
    requestOf(settings, areCallsShown),
    analyser,
  );
  const before = performance.now();
  const assembled = assemble(
    analysed.analysis,
    analysed.allows,
    reportSettings(settings, isBaselineOptional),
  );
  checkWorkflow(settings.workflow, analysed.analysis);
  keepFingerprints(settings, analysed.analysis);
  const now = performance.now();
  const report: LintReport = {
    schemaVersion: 1,
    tool: {
      name: "raftoral lint",
      version: packageVersion(),
      typescript: analysed.analysis.typescriptVersion,
    },
    summary: { ...assembled.summary, ms: Math.round(now - started) },
    workflows: assembled.workflows,
    findings: assembled.findings,
  };
  const times = { read, analysis, report: now - before, source };
  return { report, analysis: analysed.analysis, settings, times };
}

/** What the reporting half of the settings comes to; reads baseline and fingerprints. */
export function reportSettings(settings: LintSettings, isBaselineOptional = false): ReportSettings {
  const { baseline, projectDirectory, severities, workflow, paths, fingerprints } = settings;
  const isRead = baseline !== undefined && !isBaselineOptional;
  return {
    rules: RULE_FACTS,
    severities,
    workflow,
    paths,
    baseline: isRead ? readBaseline(baseline, projectDirectory) : undefined,
    fingerprints: fingerprints === undefined ? undefined : readFingerprints(fingerprints),
  };
}

/** Nor may a folder without a source be one: of several paths one has to have some. */
function checkPaths({ paths, projectDirectory }: LintSettings): void {
  const isSource = (path: string): boolean =>
    statSync(path).isDirectory() ? hasSources(path) : isSourceFile(path);
  if (paths.length === 0 || paths.some((path) => isSource(join(projectDirectory, path)))) return;
  throw invalid(`no source file is at ${paths.join(", ")}: name files or folders that have some`);
}

/** A name that nothing has would be a green check of nothing. */
function checkWorkflow(wanted: string | undefined, { workflows }: Analysis): void {
  const known = workflows.flatMap((workflow) => [workflow.name, workflowLabel(workflow)]);
  if (wanted === undefined || known.includes(wanted)) return;
  const like = nearest(wanted, known);
  const hint = like === undefined ? "there are none" : `did you mean "${like}"?`;
  throw invalid(`--workflow: no workflow is called "${wanted}"; ${hint}`);
}

function keepFingerprints({ fingerprints }: LintSettings, { workflows }: Analysis): void {
  if (fingerprints === undefined) return;
  const before = readFingerprints(fingerprints);
  writeFingerprints(fingerprints, before, withNewBodies(before, workflows));
}

export function requestOf(settings: LintSettings, areCallsShown = false): AnalysisRequest {
  const { project, declare, trustExternals, fingerprints } = settings;
  const wants: Extra[] = fingerprints === undefined ? [] : ["fingerprints"];
  if (areCallsShown) wants.push("calls");
  return { project, declare, trustExternals, wants };
}

/** The text of a file of the report; undefined if it cannot be read. */
export function sourceReader({
  projectDirectory,
}: LintSettings): (file: string) => string | undefined {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, sourceAt(join(projectDirectory, file)));
    return texts.get(file);
  };
}

interface Obtained {
  readonly analysed: Analysed;
  readonly source: LintTimes["source"];
  readonly read: number;
  readonly analysis: number;
}

async function analysedBy(
  settings: LintSettings,
  request: AnalysisRequest,
  analyser: Analyser,
): Promise<Obtained> {
  const started = performance.now();
  const startedAtMs = performance.timeOrigin + started;
  const kept = settings.cache === undefined ? undefined : readCache(settings.cache, request);
  const tree = kept === undefined ? readTree(dirname(request.project)) : undefined;
  const read = performance.now() - started;
  if (kept !== undefined) return { analysed: kept, source: "cache", read, analysis: 0 };
  if (tree?.size === 0 && isWithoutLanguage(request.project, tree)) throw noFiles(request.project);
  if (tree !== undefined && isWithoutLanguage(request.project, tree)) {
    return { analysed: NOTHING, source: "no file names raftoral", read, analysis: 0 };
  }
  const analysed = await analyser(request);
  if (!analysed.hasFiles) throw noFiles(request.project);
  if (settings.cache !== undefined && tree !== undefined) {
    writeCache(settings.cache, request, { analysed, tree, startedAtMs });
  }
  const analysis = performance.now() - started - read;
  return { analysed, source: "analysis", read, analysis };
}

const noFiles = (project: string): Error =>
  invalid(
    `${project} names no file: look at its "include", "exclude" and "files", ` +
      "or name the project with -p path/to/tsconfig.json",
  );

/** A project that reaches out of its own folder is left to the analysis, which knows its files. */
function isWithoutLanguage(project: string, tree: Tree): boolean {
  if ([...tree.values()].some(({ hash }) => hash !== undefined)) return false;
  const text = sourceAt(project) ?? "..";
  // Not even an object: whoever reads it for good says what it lacks.
  if (!/^[\s\uFEFF]*(?:\{|\/[/*])/.test(text)) return false;
  const own = text.replace(/"extends"\s*:\s*(?:"[^"]*"|\[[^\]]*\])/, "");
  const hasOwnFiles = own === text || /"(?:include|files)"/.test(own);
  return hasOwnFiles && !own.includes("..");
}

const NOTHING: Analysed = {
  analysis: {
    typescriptVersion: BUNDLED_TYPESCRIPT,
    files: [],
    workflows: [],
    findings: [],
    calls: [],
  },
  allows: [],
  configFiles: [],
  hasFiles: true,
};
