import { counts, type LintReport, type ReportedFinding, workflowLabel } from "../report/report.ts";
import { type Format, type FormatContext, numbered, steps } from "./output.ts";

/** A test case for each workflow, failed by its errors; for other findings one for each file. */
export const junit: Format = (report, context) => {
  const live = report.findings.filter(counts);
  const cases = [...ofWorkflows(report, live), ...ofFiles(live)].map((testCase) => ({
    ...testCase,
    errors: testCase.findings.filter(({ severity }) => severity === "error"),
    others: testCase.findings.filter(({ severity }) => severity !== "error"),
  }));
  const failures = cases.filter(({ errors }) => errors.length > 0).length;
  const seconds = (report.summary.ms / 1000).toFixed(3);
  const totals = `tests="${cases.length}" failures="${failures}" time="${seconds}"`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="raftoral lint" ${totals}>`,
    `  <testsuite name="raftoral lint" ${totals}>`,
    ...cases.flatMap((testCase) => element(testCase, context)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
};

interface TestCase {
  readonly name: string;
  readonly file: string;
  readonly findings: readonly ReportedFinding[];
}

interface SortedCase extends TestCase {
  readonly errors: readonly ReportedFinding[];
  readonly others: readonly ReportedFinding[];
}

function ofWorkflows(report: LintReport, live: readonly ReportedFinding[]): readonly TestCase[] {
  return report.workflows.map((workflow) => {
    const name = workflowLabel(workflow);
    const findings = live.filter(({ workflows }) => workflows.includes(name));
    return { name, file: workflow.file, findings };
  });
}

function ofFiles(live: readonly ReportedFinding[]): readonly TestCase[] {
  const loose = live.filter(({ workflows }) => workflows.length === 0);
  const files = [...new Set(loose.map(({ file }) => file))];
  return files.map((file) => {
    return { name: file, file, findings: loose.filter((finding) => finding.file === file) };
  });
}

function element(testCase: SortedCase, { shown }: FormatContext): readonly string[] {
  const { name, file, errors, others } = testCase;
  const open = `    <testcase name="${escaped(name)}" classname="${escaped(shown(file))}"`;
  if (errors.length + others.length === 0) return [`${open}/>`];
  const told = (finding: ReportedFinding): string => escaped(text(finding, shown));
  const failures = errors.map((finding) => {
    const head = `type="${finding.ruleId}" message="${escaped(finding.message)}"`;
    return `      <failure ${head}>${told(finding)}</failure>`;
  });
  const output =
    others.length === 0 ? [] : [`<system-out>${others.map(told).join("\n")}</system-out>`];
  return [`${open}>`, ...failures, ...output.map((line) => `      ${line}`), "    </testcase>"];
}

function text(finding: ReportedFinding, shown: (file: string) => string): string {
  const place = `${shown(finding.file)}:${finding.range.line}:${finding.range.col}`;
  const path = numbered(steps(finding, shown)).map((row) => `  ${row}`);
  const help = finding.help === undefined ? [] : [`help: ${finding.help}`];
  const head = `${place} ${finding.severity} ${finding.ruleId} ${finding.message}`;
  return [head, ...path, ...help, finding.docs].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escaped(text: string): string {
  // Characters that XML 1.0 cannot carry even as references become the replacement character.
  const carried = text.replaceAll(
    /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
    "\u{FFFD}",
  );
  return carried.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
