// Many seeds, one after the other; and the same in several processes at once.

import { execFile } from "node:child_process";
import type { Profile, SeedReport } from "./profiles.ts";

const FAILURES_SHOWN_MAX = 5;

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly entries: number;
  /** Mark -> in how many seeds. */
  readonly marks: Readonly<Record<string, number>>;
  readonly failures: readonly Omit<SeedReport, "marks">[];
  /** Trace hash of the last seed. */
  readonly lastHash: string;
}

export interface Range {
  readonly from: number;
  readonly count: number;
  /** Stops at the first seed that fails. */
  readonly isFirstOnly: boolean;
}

export async function runSeeds(profile: Profile, range: Range): Promise<Summary> {
  const marks = new Map<string, number>();
  const failures: Omit<SeedReport, "marks">[] = [];
  let passed = 0;
  let failed = 0;
  let entries = 0;
  let lastHash = "";
  for (let seed = range.from; seed < range.from + range.count; seed++) {
    const { marks: seen, trace: _trace, ...report } = await profile.run(seed);
    entries += report.entries;
    lastHash = report.hash;
    for (const mark of seen) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (report.violations.length === 0) {
      passed++;
      continue;
    }
    failed++;
    if (failures.length < FAILURES_SHOWN_MAX) failures.push(report);
    if (range.isFirstOnly) break;
  }
  return { passed, failed, entries, marks: Object.fromEntries(marks), failures, lastHash };
}

/** Splits the range over `jobs` processes of this very program. */
export async function runJobs(name: string, range: Range, jobs: number): Promise<Summary> {
  const each = Math.ceil(range.count / jobs);
  const parts = Array.from({ length: jobs }, (_, i) => ({
    ...range,
    from: range.from + i * each,
    count: Math.min(each, range.count - i * each),
  })).filter(({ count }) => count > 0);
  return merged(await Promise.all(parts.map((part) => runChild(name, part))));
}

function runChild(name: string, { from, count }: Range): Promise<Summary> {
  const options = ["--profile", name, "--seed", `${from}`, "--seeds", `${count}`];
  const [node, script = ""] = process.argv;
  const args = [...process.execArgv, script, ...options, "--jobs", "1", "--json"];
  return new Promise((settle, fail) => {
    execFile(node ?? "node", args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const line = stdout.split("\n").find((text) => text.startsWith("{"));
      if (line === undefined) fail(new Error(`seeds from ${from}: ${stderr}`, { cause: error }));
      else settle(JSON.parse(line));
    });
  });
}

function merged(parts: readonly Summary[]): Summary {
  const marks = new Map<string, number>();
  for (const part of parts) {
    for (const [mark, n] of Object.entries(part.marks)) marks.set(mark, (marks.get(mark) ?? 0) + n);
  }
  const sum = (of: (part: Summary) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    entries: sum(({ entries }) => entries),
    marks: Object.fromEntries(marks),
    failures: parts.flatMap(({ failures }) => failures).slice(0, FAILURES_SHOWN_MAX),
    lastHash: parts.at(-1)?.lastHash ?? "",
  };
}
