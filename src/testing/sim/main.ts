// `npm run sim -- --profile NAME --seeds N [--seed S] [--first] [--json]`: runs
// seeds S … S+N−1 (S alone replays one), says what was found and how, ends with `N passed, N failed`.

import { parseArgs } from "node:util";
import { PROFILES, type Profile, type SeedReport } from "./profiles.ts";

const FAILURES_SHOWN_MAX = 5;

const { values } = parseArgs({
  options: {
    profile: { type: "string", default: "workflow" },
    seeds: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    /** Stops at the first seed that fails. */
    first: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

interface Summary {
  readonly profile: string;
  readonly seeds: number;
  readonly passed: number;
  readonly failed: number;
  readonly entries: number;
  readonly seconds: number;
  readonly seedsPerMinute: number;
  /** Mark -> in how many seeds. */
  readonly marks: Readonly<Record<string, number>>;
  readonly failures: readonly SeedReport[];
  /** Trace hash of the last seed. */
  readonly lastHash: string;
}

if (values.list) for (const name of PROFILES.keys()) console.log(name);
else await main();

async function main(): Promise<void> {
  const profile = PROFILES.get(values.profile);
  const from = Number(values.seed ?? 1);
  const count = Number(values.seeds ?? (values.seed === undefined ? 100 : 1));
  if (profile === undefined || !Number.isSafeInteger(from) || !(count > 0)) {
    const names = [...PROFILES.keys()].join(", ");
    console.error(`usage: --profile ${names} [--seeds N] [--seed S] [--first] [--json]`);
    process.exitCode = 2;
    return;
  }
  const summary = await run(values.profile, profile, from, count);
  if (values.json) console.log(JSON.stringify(summary));
  else print(summary);
  console.log(`${summary.passed} passed, ${summary.failed} failed`);
  process.exitCode = summary.failed === 0 ? 0 : 1;
}

async function run(name: string, profile: Profile, from: number, count: number): Promise<Summary> {
  const startMs = performance.now();
  const marks = new Map<string, number>();
  const failures: SeedReport[] = [];
  let passed = 0;
  let failed = 0;
  let entries = 0;
  let lastHash = "";
  for (let seed = from; seed < from + count; seed++) {
    const report = await profile(seed);
    entries += report.entries;
    lastHash = report.hash;
    for (const mark of report.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (report.violations.length === 0) {
      passed++;
      continue;
    }
    failed++;
    if (failures.length < FAILURES_SHOWN_MAX) failures.push(report);
    if (values.first) break;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return {
    profile: name,
    seeds: passed + failed,
    passed,
    failed,
    entries,
    seconds: Math.round(seconds * 10) / 10,
    seedsPerMinute: Math.round(((passed + failed) / seconds) * 60),
    marks: Object.fromEntries([...marks].sort(([a], [b]) => (a < b ? -1 : 1))),
    failures,
    lastHash,
  };
}

function print(summary: Summary): void {
  for (const { seed, violations, hash } of summary.failures) {
    console.log(`seed ${seed} (trace ${hash})`);
    for (const { law, detail } of violations) console.log(`  ${law}: ${detail}`);
    console.log(`  npm run sim -- --profile ${summary.profile} --seed ${seed}`);
  }
  for (const [mark, count] of Object.entries(summary.marks)) {
    console.log(`${String(count).padStart(7)} seeds  ${mark}`);
  }
  const { seeds, entries, seconds, seedsPerMinute } = summary;
  console.log(`${seeds} seeds, ${entries} entries, ${seconds} s, ${seedsPerMinute} seeds/minute`);
}
