import type { Edit } from "./finding.ts";
import { counts, type ReportedFinding } from "./report/report.ts";

/** What is to be written, file by file. */
export interface FixPlan {
  /** In the order of their offsets, none overlapping another. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  readonly mended: readonly ReportedFinding[];
}

/**
 * All safe fixes that do not touch each other. A finding's edits are taken together or not at all;
 * what is left out is found again, with fresh offsets, when the project is linted after the first
 * fixes. Allowed findings stay as they are; known ones of the baseline too.
 */
export function planFixes(findings: readonly ReportedFinding[]): FixPlan {
  const edits = new Map<string, Edit[]>();
  const mended: ReportedFinding[] = [];
  for (const finding of findings) {
    if (finding.fix === undefined || finding.fix.length === 0 || !counts(finding)) continue;
    if (finding.fix.some((edit) => (edits.get(edit.file) ?? []).some((e) => overlaps(e, edit)))) {
      continue;
    }
    mended.push(finding);
    for (const edit of finding.fix) edits.set(edit.file, [...(edits.get(edit.file) ?? []), edit]);
  }
  for (const mine of edits.values()) mine.sort((a, b) => a.start - b.start);
  return { edits, mended };
}

/** Touching counts: two insertions at one place have no order. */
function overlaps(a: Edit, b: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The text after the edits, which are in order and do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...parts, text.slice(at)].join("");
}
