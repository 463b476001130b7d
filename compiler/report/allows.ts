import type { Finding, Range } from "../finding.ts";
import type { Suppression } from "./report.ts";

export const REASON_CHARACTERS_MIN = 10;

/** One `// raftoral-allow RD101: reason`, as it stands in a file. */
export interface Allow {
  /** Relative to the project's directory. */
  readonly file: string;
  /** Where the comment begins, from 1. */
  readonly line: number;
  readonly col: number;
  readonly endCol: number;
  /** As written; empty when it names none. */
  readonly ruleIds: readonly string[];
  /** Empty when there is none. */
  readonly reason: string;
  /** The lines that it speaks of, both included: one line, or those of a function. */
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface Allowed {
  readonly suppressions: ReadonlyMap<Finding, Suppression>;
  /** Complaints about the comments themselves: RD901 and RD902. */
  readonly complaints: readonly AllowComplaint[];
}

export interface AllowComplaint {
  readonly ruleId: "RD901" | "RD902";
  readonly message: string;
  readonly help: string;
  readonly allow: Allow;
}

/**
 * Which findings the comments let through: those whose sink, or any frame on the way to it, stands
 * in the lines of a comment. A comment without a reason allows nothing. The linter's own findings
 * (RD9xx) cannot be allowed: a comment that hides that it is not needed would hide itself.
 */
export function applyAllows(findings: readonly Finding[], allows: readonly Allow[]): Allowed {
  const suppressions = new Map<Finding, Suppression>();
  const complaints: AllowComplaint[] = [];
  for (const allow of allows) {
    const flaw = flawOf(allow);
    if (flaw !== undefined) {
      complaints.push({ ruleId: "RD902", ...flaw, allow });
      continue;
    }
    for (const ruleId of allow.ruleIds) {
      const covered = findings.filter(
        (finding) => finding.ruleId === ruleId && covers(allow, finding),
      );
      for (const finding of covered) suppressions.set(finding, suppressionBy(allow));
      if (covered.length === 0) complaints.push(unused(allow, ruleId));
    }
  }
  return { suppressions, complaints };
}

function flawOf(allow: Allow): { message: string; help: string } | undefined {
  const help = "write // raftoral-allow RD101: why this cannot make two nodes differ";
  if (allow.ruleIds.length === 0) {
    return { message: "raftoral-allow names no rule, so it allows nothing", help };
  }
  if (allow.reason.length < REASON_CHARACTERS_MIN) {
    const what =
      allow.reason === "" ? "gives no reason" : `gives a reason of ${allow.reason.length}`;
    const least = `at least ${REASON_CHARACTERS_MIN} characters are asked for`;
    const message = `raftoral-allow ${allow.ruleIds.join(", ")} ${what}: ${least}`;
    return { message, help };
  }
  return undefined;
}

function covers(allow: Allow, finding: Finding): boolean {
  if (finding.ruleId.startsWith("RD9")) return false;
  return [finding, ...finding.trace].some((place) => isIn(allow, place.file, place.range));
}

function isIn(allow: Allow, file: string, range: Range): boolean {
  return file === allow.file && allow.firstLine <= range.line && range.line <= allow.lastLine;
}

function suppressionBy(allow: Allow): Suppression {
  return { reason: allow.reason, file: allow.file, line: allow.line };
}

function unused(allow: Allow, ruleId: string): AllowComplaint {
  const message = ruleId.startsWith("RD9")
    ? `${ruleId} is about the linter itself and cannot be allowed`
    : `raftoral-allow ${ruleId} allows nothing: there is no such finding here`;
  return { ruleId: "RD901", message, help: "remove the comment", allow };
}
