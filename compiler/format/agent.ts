import { counts, type ReportedFinding } from "../report/report.ts";
import { counted, type Format, type FormatContext, steps } from "./output.ts";

/** One line a finding, with all that is needed to mend it; then one line of totals. */
export const agent: Format = (report, context) => {
  const { errors, warnings } = report.summary;
  const lines = report.findings.filter(counts).map((finding) => line(finding, context));
  const total = `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  return `${[...lines, total].join("\n")}\n`;
};

function line(finding: ReportedFinding, { shown }: FormatContext): string {
  const { line: row, col } = finding.range;
  const path = steps(finding, shown);
  const parts = [
    `${shown(finding.file)}:${row}:${col} ${finding.severity} ${finding.ruleId} ${finding.message}`,
    ...(finding.workflows.length > 0 ? [`in ${finding.workflows.join(", ")}`] : []),
    ...(path.length > 1 ? [`path ${path.join(" > ")}`] : []),
    ...(finding.help === undefined ? [] : [`help ${finding.help}`]),
    ...(finding.fix === undefined ? [] : ["fixable with --fix"]),
    finding.docs,
  ];
  return parts.join(" | ").replaceAll(/\s*\n\s*/g, " ");
}
