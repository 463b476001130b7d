import { styleText } from "node:util";
import type { Severity } from "../finding.ts";
import { counts, type LintReport, type ReportedFinding } from "../report/report.ts";
import { codeFrame } from "./code-frame.ts";
import { counted, type Format, type FormatContext, numbered, steps } from "./output.ts";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  error: "red",
  warn: "yellow",
  info: "cyan",
};

/** For people: by file, with the code, the numbered way from the workflow, help, and a summary. */
export const stylish: Format = (report, context) => {
  const paint: Paint = context.hasColors ? painted : (_style, text) => text;
  const live = report.findings.filter(counts);
  const files = [...new Set(live.map(({ file }) => file))];
  const blocks = files.map((file) => {
    const mine = live.filter((finding) => finding.file === file);
    const head = paint("underline", context.shown(file));
    return [head, ...mine.map((finding) => block(finding, context, paint))].join("\n");
  });
  return `${[...blocks, summary(report, live, paint)].join("\n")}\n`;
};

/** Whether there is a terminal was asked before: Node is not to decide it again by stdout. */
function painted(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false });
}

function block(finding: ReportedFinding, context: FormatContext, paint: Paint): string {
  const { line, col } = finding.range;
  const place = `${line}:${col}`.padStart(7);
  const severity = paint(SEVERITY_STYLES[finding.severity], finding.severity.padEnd(5));
  const rule = paint("dim", `${finding.ruleId} ${finding.category}`);
  const source = context.source(finding.file);
  const frame = source === undefined ? [] : codeFrame(source, finding.range);
  const below = [
    ...frame.map((row) => (row.isMarked ? row.text : paint("dim", row.text))),
    ...path(finding, context),
    ...(finding.help === undefined ? [] : [`${paint("bold", "help:")} ${finding.help}`]),
    paint("dim", finding.docs),
  ];
  const indented = below.map((row) => `         ${row}`);
  return [`${place}  ${severity}  ${finding.message}   ${rule}`, ...indented, ""].join("\n");
}

function path(finding: ReportedFinding, { shown }: FormatContext): readonly string[] {
  const rows = numbered(steps(finding, shown));
  const others = finding.workflows.slice(1);
  if (others.length === 0) return rows;
  const named = others.slice(0, 3).join(", ");
  const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
  return [...rows, `also reached by ${named}${more}`];
}

function summary(report: LintReport, live: readonly ReportedFinding[], paint: Paint): string {
  const { errors, warnings, infos, suppressed, baselined, workflows, files, ms } = report.summary;
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  const scope = `(${counted(files, "file")}, ${seconds})`;
  const notes = [
    ...(infos > 0 ? [counted(infos, "hint")] : []),
    ...(suppressed > 0 ? [`${suppressed} allowed by comments`] : []),
    ...(baselined > 0 ? [`${baselined} known to the baseline`] : []),
  ].join(", ");
  const noted = notes === "" ? "" : `; ${notes}`;
  if (errors + warnings === 0) {
    const clean = `✔ no errors, no warnings in ${counted(workflows, "workflow")} ${scope}${noted}`;
    return paint("green", clean);
  }
  const amount = `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  const where = `in ${report.summary.workflowsWithFindings} of ${counted(workflows, "workflow")}`;
  const fixable = live.filter(({ fix }) => fix !== undefined).length;
  return [
    paint(errors > 0 ? "red" : "yellow", `✖ ${amount} ${where} ${scope}${noted}`),
    ...(fixable > 0 ? [`  ${fixable} can be mended with --fix`] : []),
  ].join("\n");
}
