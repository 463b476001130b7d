import type { Severity } from "../finding.ts";
import { counts, type ReportedFinding } from "../report/report.ts";
import { type Format, type FormatContext, numbered, steps } from "./output.ts";

/** GitHub shows this many annotations of one kind for a step, and drops the rest unsaid. */
export const ANNOTATIONS_OF_A_KIND_MAX = 10;

const KINDS: readonly (readonly [Severity, string])[] = [
  ["error", "error"],
  ["warn", "warning"],
  ["info", "notice"],
];

/** Workflow commands of GitHub Actions: errors first, and a plain line for those over the limit. */
export const github: Format = (report, context) => {
  const live = report.findings.filter(counts);
  const lines = KINDS.flatMap(([severity, kind]) => {
    const mine = live.filter((finding) => finding.severity === severity);
    const shown = mine.slice(0, ANNOTATIONS_OF_A_KIND_MAX);
    const more = mine.length - shown.length;
    return [
      ...shown.map((finding) => annotation(kind, finding, context)),
      ...(more > 0 ? [`${more} more of kind ${kind}: run raftoral lint to see them all`] : []),
    ];
  });
  return lines.map((line) => `${line}\n`).join("");
};

function annotation(kind: string, finding: ReportedFinding, { shown }: FormatContext): string {
  const { line, col, endLine, endCol } = finding.range;
  // GitHub ignores columns of a range that is longer than one line.
  const columns = line === endLine ? { col, endColumn: endCol } : {};
  const title = `${finding.ruleId} ${finding.category}`;
  const properties = { file: shown(finding.file), line, endLine, ...columns, title };
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${property(`${value}`)}`);
  return `::${kind} ${listed.join(",")}::${data(message(finding, shown))}`;
}

function message(finding: ReportedFinding, shown: (file: string) => string): string {
  const path = numbered(steps(finding, shown));
  const help = finding.help === undefined ? [] : [`help: ${finding.help}`];
  return [finding.message, ...path, ...help, finding.docs].join("\n");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
