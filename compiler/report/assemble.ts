import type { Analysis, Finding, LintedWorkflow, Range, Severity } from "../finding.ts";
import { type Allow, type AllowComplaint, applyAllows } from "./allows.ts";
import { type Baseline, type BaselineEntry, compareWithBaseline } from "./baseline.ts";
import { changedBodies, type Fingerprints } from "./fingerprints.ts";
import { counts, type ReportedFinding, type Summary, workflowLabel } from "./report.ts";

/** What the report must know of a rule. */
export interface RuleFacts {
  readonly category: string;
  readonly severity: Severity | "off";
  /** Its page. */
  readonly docs: string;
}

/** What the project's configuration and the command line say about findings. */
export interface ReportSettings {
  readonly rules: ReadonlyMap<string, RuleFacts>;
  /** Severities that differ from the rules' own. */
  readonly severities: ReadonlyMap<string, Severity | "off">;
  /** Keep findings of this workflow alone: `checkout` or `checkout@3`. */
  readonly workflow: string | undefined;
  /** Keep findings that touch these files or folders alone: relative to the project's directory. */
  readonly paths: readonly string[];
  readonly baseline: KnownBaseline | undefined;
  /** What bodies were; undefined: they are not held against anything. */
  readonly fingerprints: Fingerprints | undefined;
}

export interface KnownBaseline {
  readonly content: Baseline;
  /** Relative to the project's directory. */
  readonly file: string;
  /** The line of an entry, from 1. */
  readonly lineOf: (fingerprint: string) => number;
}

export interface Assembled {
  readonly findings: readonly ReportedFinding[];
  readonly workflows: readonly LintedWorkflow[];
  readonly summary: Omit<Summary, "ms">;
}

/**
 * From what the analysis found to what is reported. Comments and baseline see all findings, also of
 * rules that are off, so that neither narrowing nor a lowered rule makes them look stale.
 */
export function assemble(
  analysis: Analysis,
  allows: readonly Allow[],
  settings: ReportSettings,
): Assembled {
  const { fingerprints } = settings;
  const changed = fingerprints === undefined ? [] : changedBodies(analysis.workflows, fingerprints);
  const all = [...analysis.findings, ...changed];
  const { suppressions, complaints } = applyAllows(all, allows);
  const found = all.map((finding) => ({
    ...finding,
    docs: settings.rules.get(finding.ruleId)?.docs ?? "",
    suppressed: suppressions.get(finding) ?? null,
  }));
  const { findings, stale } =
    settings.baseline === undefined
      ? { findings: found, stale: [] }
      : compareWithBaseline(found, settings.baseline.content);
  const own = [
    ...complaints.map((complaint) => ownFinding(settings, complaint.ruleId, aboutAllow(complaint))),
    ...stale.map((entry) => ownFinding(settings, "RD903", aboutEntry(settings, entry))),
  ];
  const kept = [...findings, ...own]
    .flatMap((finding) => leveled(finding, settings))
    .filter((finding) => isWanted(finding, settings))
    .sort(byPlace);
  const workflows = analysis.workflows.filter((workflow) => isAsked(workflow, settings));
  return { findings: kept, workflows, summary: summaryOf(analysis, workflows, kept) };
}

interface About {
  readonly message: string;
  readonly help: string;
  readonly file: string;
  readonly range: Range;
}

function aboutAllow({ message, help, allow }: AllowComplaint): About {
  const { file, line, col, endCol } = allow;
  return { message, help, file, range: { line, col, endLine: line, endCol } };
}

function aboutEntry(settings: ReportSettings, entry: BaselineEntry): About {
  const line = settings.baseline?.lineOf(entry.fingerprint) ?? 1;
  return {
    message: `the baseline has ${entry.ruleId} in ${entry.file}, which is no longer found`,
    help: "run raftoral lint --prune-baseline",
    file: settings.baseline?.file ?? entry.file,
    range: { line, col: 1, endLine: line, endCol: 1 },
  };
}

function ownFinding(settings: ReportSettings, ruleId: string, about: About): ReportedFinding {
  const rule = settings.rules.get(ruleId);
  return {
    ruleId,
    category: rule?.category ?? "tool",
    severity: rule === undefined || rule.severity === "off" ? "error" : rule.severity,
    ...about,
    workflows: [],
    trace: [],
    fingerprint: `${ruleId}:${about.file}:${about.message}`,
    docs: rule?.docs ?? "",
    suppressed: null,
  };
}

function leveled(finding: ReportedFinding, settings: ReportSettings): readonly ReportedFinding[] {
  const isOff = settings.rules.get(finding.ruleId)?.severity === "off";
  const usual = isOff ? "off" : finding.severity;
  const severity = settings.severities.get(finding.ruleId) ?? usual;
  return severity === "off" ? [] : [{ ...finding, severity }];
}

function isWanted(finding: ReportedFinding, { workflow, paths }: ReportSettings): boolean {
  const isOfWorkflow =
    workflow === undefined || finding.workflows.some((label) => isNamed(label, workflow));
  return isOfWorkflow && (paths.length === 0 || touches(finding, paths));
}

function isNamed(label: string, name: string): boolean {
  return label === name || label.replace(/@(?:\d+|\?)$/, "") === name;
}

function touches(finding: Finding, paths: readonly string[]): boolean {
  return [finding, ...finding.trace].some(({ file }) => isUnder(file, paths));
}

function isUnder(file: string, paths: readonly string[]): boolean {
  return paths.some((path) => path === "" || file === path || file.startsWith(`${path}/`));
}

function isAsked(workflow: LintedWorkflow, { workflow: name, paths }: ReportSettings): boolean {
  const isNamedSo = name === undefined || isNamed(workflowLabel(workflow), name);
  return isNamedSo && (paths.length === 0 || isUnder(workflow.file, paths));
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (
    a.range.line - b.range.line ||
    a.range.col - b.range.col ||
    (a.ruleId < b.ruleId ? -1 : Number(a.ruleId > b.ruleId))
  );
}

function summaryOf(
  analysis: Analysis,
  workflows: readonly LintedWorkflow[],
  findings: readonly ReportedFinding[],
): Omit<Summary, "ms"> {
  const live = findings.filter(counts);
  const bySeverity = (severity: Severity): number =>
    live.filter((finding) => finding.severity === severity).length;
  const touched = live
    .filter(({ severity }) => severity !== "info")
    .flatMap((finding) => finding.workflows);
  return {
    files: analysis.files.length,
    workflows: workflows.length,
    workflowsWithFindings: new Set(touched).size,
    errors: bySeverity("error"),
    warnings: bySeverity("warn"),
    infos: bySeverity("info"),
    suppressed: findings.filter((finding) => finding.suppressed !== null).length,
    baselined: findings.filter((finding) => finding.baseline === "unchanged").length,
  };
}
