import type { ReportedFinding } from "./report.ts";

/** What was known and left when the baseline was written. By fingerprint, never by line. */
export interface Baseline {
  readonly schemaVersion: 1;
  readonly findings: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly ruleId: string;
  /** For the reader; the fingerprint decides. */
  readonly file: string;
  readonly message: string;
  /** How often this fingerprint is found. */
  readonly count: number;
}

export interface Compared {
  readonly findings: readonly ReportedFinding[];
  /** Entries that no longer match: RD903. */
  readonly stale: readonly BaselineEntry[];
}

/** Says of each finding that counts whether the baseline has it. Allowed ones are passed by. */
export function compareWithBaseline(
  findings: readonly ReportedFinding[],
  baseline: Baseline,
): Compared {
  const left = new Map(baseline.findings.map((entry) => [entry.fingerprint, entry.count]));
  const compared = findings.map((finding): ReportedFinding => {
    if (!belongs(finding)) return finding;
    const count = left.get(finding.fingerprint) ?? 0;
    if (count === 0) return { ...finding, baseline: "new" };
    left.set(finding.fingerprint, count - 1);
    return { ...finding, baseline: "unchanged" };
  });
  const stale = baseline.findings.filter((entry) => (left.get(entry.fingerprint) ?? 0) > 0);
  return { findings: compared, stale };
}

/** A baseline of all that counts now. */
export function baselineOf(findings: readonly ReportedFinding[]): Baseline {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of findings.filter(belongs)) {
    const { fingerprint, ruleId, file, message } = finding;
    const count = (entries.get(fingerprint)?.count ?? 0) + 1;
    entries.set(fingerprint, { fingerprint, ruleId, file, message, count });
  }
  return { schemaVersion: 1, findings: [...entries.values()].sort(byFileAndRule) };
}

/** The same baseline without what is no longer found. */
export function pruned(baseline: Baseline, findings: readonly ReportedFinding[]): Baseline {
  const now = new Map(
    baselineOf(findings).findings.map((entry) => [entry.fingerprint, entry.count]),
  );
  const kept = baseline.findings.flatMap((entry) => {
    const count = Math.min(entry.count, now.get(entry.fingerprint) ?? 0);
    return count === 0 ? [] : [{ ...entry, count }];
  });
  return { schemaVersion: 1, findings: kept };
}

/** The linter's own complaints (RD9xx) are mended, not kept; an allowed finding needs no entry. */
function belongs(finding: ReportedFinding): boolean {
  return finding.suppressed === null && !finding.ruleId.startsWith("RD9");
}

function byFileAndRule(a: BaselineEntry, b: BaselineEntry): number {
  const [left, right] = [a, b].map(
    (entry) => `${entry.file}\0${entry.ruleId}\0${entry.fingerprint}`,
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
