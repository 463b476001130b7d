import type { Finding, Frame } from "../finding.ts";
import type { LintReport } from "../report/report.ts";

/** What a format may use beside the report. */
export interface FormatContext {
  /** A file of the report as the reader would name it: relative to where the command runs. */
  readonly shown: (file: string) => string;
  /** The text of a file of the report; undefined if it cannot be read. */
  readonly source: (file: string) => string | undefined;
  readonly hasColors: boolean;
  /** The rules by id, for formats that carry descriptions. */
  readonly rules: ReadonlyMap<string, DescribedRule>;
}

export interface DescribedRule {
  readonly slug: string;
  readonly summary: string;
  readonly docs: string;
}

/** A rendering of a report. It ends in a newline, unless it is empty. */
export type Format = (report: LintReport, context: FormatContext) => string;

/** The way from the workflow to the sink: who leads on, and where. */
export function steps({ trace, workflows }: Finding, shown: (file: string) => string): string[] {
  return trace.map((frame, i) => {
    return `${stepName(frame, i, workflows)} (${shown(frame.file)}:${frame.range.line})`;
  });
}

/** The body is called by its workflow: its own name is `run` as a rule. */
export function stepName(frame: Frame, i: number, workflows: readonly string[]): string {
  const [workflow] = workflows;
  return i === 0 && workflow !== undefined ? `workflow ${workflow}` : frame.symbol;
}

export const numbered = (rows: readonly string[]): readonly string[] =>
  rows.map((row, i) => `${i + 1}. ${row}`);

export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
