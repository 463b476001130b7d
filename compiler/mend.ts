import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LintOptions } from "./config/settings.ts";
import { applyEdits, planFixes } from "./fix.ts";
import type { Analyser } from "./project/analysed.ts";
import type { ReportedFinding } from "./report/report.ts";
import { type LintRun, type RunOptions, runLint } from "./run.ts";

/** A fix may make room for another; after so many rounds the rest is left to the next call. */
export const FIX_ROUNDS_MAX = 10;

export interface Mended {
  /** What is left after the last round. */
  readonly run: LintRun;
  readonly mended: number;
}

/** Applies all safe fixes and lints again, until there are no more. Writes files. */
export async function mend(
  options: LintOptions,
  analyser: Analyser,
  runOptions: RunOptions = {},
): Promise<Mended> {
  let mended = 0;
  for (let round = 1; ; round += 1) {
    const run = await runLint(options, analyser, runOptions);
    const plan = planFixes(run.report.findings);
    if (plan.mended.length === 0 || round > FIX_ROUNDS_MAX) return { run, mended };
    for (const [file, edits] of plan.edits) {
      const path = join(run.settings.projectDirectory, file);
      const [mark, text] = withoutMark(readFileSync(path, "utf8"));
      writeFileSync(path, mark + applyEdits(text, edits));
    }
    mended += plan.mended.length;
  }
}

/** What `mend` would do in its first round, as lines before and after; writes nothing. */
export function previewFixes(
  findings: readonly ReportedFinding[],
  source: (file: string) => string | undefined,
  shown: (file: string) => string,
): string {
  const plan = planFixes(findings);
  const parts = [...plan.edits].flatMap(([file, edits]) => {
    const text = source(file);
    if (text === undefined) return [];
    return edits.flatMap((edit) => {
      const from = text.lastIndexOf("\n", edit.start - 1) + 1;
      const next = text.indexOf("\n", edit.end);
      const before = text.slice(from, next < 0 ? undefined : next);
      const local = { ...edit, start: edit.start - from, end: edit.end - from };
      const line = text.slice(0, edit.start).split("\n").length;
      const rows = (sign: string, lines: string): readonly string[] =>
        lines.split("\n").map((row) => `${sign} ${row.trimEnd()}`);
      const after = applyEdits(before, [local]);
      return [`${shown(file)}:${line}`, ...rows("-", before), ...rows("+", after)];
    });
  });
  const count = plan.mended.length;
  return `${[...parts, `--fix would mend ${count}; nothing was written`].join("\n")}\n`;
}

/** Offsets are those of the text behind a byte order mark. */
function withoutMark(text: string): readonly [mark: string, text: string] {
  return text.startsWith("\uFEFF") ? ["\uFEFF", text.slice(1)] : ["", text];
}
