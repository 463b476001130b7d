import type { Range } from "../finding.ts";

export interface CodeRow {
  readonly text: string;
  /** The line itself, or the carets under it. */
  readonly isMarked: boolean;
}

const LINES_AROUND = 1;
const COLUMNS_MAX = 120;

/** The line of a range with one line around it, and carets under what is meant. */
export function codeFrame(source: string, range: Range): readonly CodeRow[] {
  const lines = source.split(/\r?\n/);
  const first = Math.max(1, range.line - LINES_AROUND);
  const last = Math.min(lines.length, range.line + LINES_AROUND);
  const width = `${last}`.length;
  const rows: CodeRow[] = [];
  for (let number = first; number <= last; number += 1) {
    const line = lines[number - 1] ?? "";
    const isMarked = number === range.line;
    const gutter = `${isMarked ? ">" : " "} ${`${number}`.padStart(width)} |`;
    rows.push({ text: `${gutter} ${cut(line)}`.trimEnd(), isMarked });
    if (isMarked) rows.push({ text: `  ${" ".repeat(width)} | ${carets(line, range)}`, isMarked });
  }
  return rows;
}

/** Tabs stay tabs, so that the carets stand under the code whatever a tab is worth. */
function carets(line: string, range: Range): string {
  const from = range.col - 1;
  const to = range.endLine === range.line ? range.endCol - 1 : line.length;
  const count = Math.max(1, Math.min(to, COLUMNS_MAX) - from);
  return `${line.slice(0, from).replaceAll(/[^\t]/g, " ")}${"^".repeat(count)}`;
}

function cut(line: string): string {
  return line.length > COLUMNS_MAX ? `${line.slice(0, COLUMNS_MAX)}…` : line;
}
