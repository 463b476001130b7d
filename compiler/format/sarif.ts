import type { Edit, Range, Severity } from "../finding.ts";
import type { LintReport, ReportedFinding } from "../report/report.ts";
import { type DescribedRule, type Format, type FormatContext, stepName } from "./output.ts";

/** What GitHub takes of one run; the rest is said to be cut, never dropped unsaid. */
export const SARIF_RESULTS_MAX = 25_000;
/** What GitHub takes of one path. */
const FRAMES_MAX = 1_000;

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME = "https://www.npmjs.com/package/raftoral";
const LEVELS: Readonly<Record<Severity, string>> = {
  error: "error",
  warn: "warning",
  info: "note",
};

/** SARIF 2.1.0: paths as code flows, allowed findings as suppressions, the baseline as state. */
export const sarif: Format = (report, context) => {
  const ids = [...new Set(report.findings.map(({ ruleId }) => ruleId))].sort();
  const results = report.findings.slice(0, SARIF_RESULTS_MAX);
  const run = {
    tool: { driver: driver(report, ids, context.rules) },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { SRCROOT: { description: { text: "where the command ran" } } },
    invocations: [invocation(report.findings.length - results.length)],
    results: results.map((finding) => result(finding, ids.indexOf(finding.ruleId), context)),
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, undefined, 2)}\n`;
};

function driver(
  report: LintReport,
  ids: readonly string[],
  rules: ReadonlyMap<string, DescribedRule>,
): object {
  const described = ids.map((id) => {
    const rule = rules.get(id);
    return {
      id,
      name: rule?.slug ?? id,
      shortDescription: { text: rule?.summary ?? id },
      ...(rule === undefined ? {} : { helpUri: rule.docs }),
      properties: { tags: ["determinism", rule?.slug ?? id] },
    };
  });
  const { name, version } = report.tool;
  return { name, version, informationUri: HOME, rules: described };
}

function invocation(cut: number): object {
  if (cut === 0) return { executionSuccessful: true };
  const text = `${cut} more results were cut: one run takes ${SARIF_RESULTS_MAX}`;
  const notification = { level: "warning", message: { text } };
  return { executionSuccessful: true, toolExecutionNotifications: [notification] };
}

function result(finding: ReportedFinding, ruleIndex: number, context: FormatContext): object {
  const help = finding.help === undefined ? "" : `\nhelp: ${finding.help}`;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: `${finding.message}${help}` },
    locations: [location(finding.file, finding.range, context)],
    partialFingerprints: { "raftoralSymbolPath/v1": finding.fingerprint },
    properties: { workflows: finding.workflows, sinkKind: finding.sinkKind },
    ...(finding.trace.length > 0 ? { codeFlows: [codeFlow(finding, context)] } : {}),
    // Present on every result, else a reader takes absence for "not looked at".
    suppressions: suppressions(finding),
    ...(finding.baseline === undefined ? {} : { baselineState: finding.baseline }),
    ...(finding.fix === undefined ? {} : { fixes: [fix(finding.fix, finding.help, context)] }),
  };
}

function suppressions({ suppressed }: ReportedFinding): readonly object[] {
  return suppressed === null ? [] : [{ kind: "inSource", justification: suppressed.reason }];
}

function location(file: string, range: Range, context: FormatContext, text?: string): object {
  return {
    ...(text === undefined ? {} : { message: { text } }),
    physicalLocation: {
      artifactLocation: artifact(file, context),
      region: {
        startLine: range.line,
        startColumn: range.col,
        endLine: range.endLine,
        endColumn: range.endCol,
      },
    },
  };
}

function artifact(file: string, { shown }: FormatContext): object {
  const uri = shown(file).split("/").map(encodeURIComponent).join("/");
  return { uri, uriBaseId: "SRCROOT" };
}

function codeFlow({ trace, workflows }: ReportedFinding, context: FormatContext): object {
  const locations = trace.slice(0, FRAMES_MAX).map((frame, i) => ({
    location: location(frame.file, frame.range, context, stepName(frame, i, workflows)),
    kinds: [frame.edge],
    executionOrder: i + 1,
    nestingLevel: i,
  }));
  return { threadFlows: [{ locations }] };
}

function fix(edits: readonly Edit[], help: string | undefined, context: FormatContext): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: help ?? "safe fix" },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifact(file, context),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ start, end, text }) => ({
          deletedRegion: { charOffset: start, charLength: end - start },
          insertedContent: { text },
        })),
    })),
  };
}
