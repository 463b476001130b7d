// `npm run sim -- --profile NAME --seeds N [--seed S] [--shrink] [--first] [--jobs N] [--json]`
// runs seeds S … S+N−1 (S alone replays one, with its trace if it fails), says what was found and
// how, and ends with `N passed, N failed`.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { MANY_SEEDS, PROFILES, type Profile, type SeedReport } from "./profiles.ts";
import { runJobs, runSeeds, type Summary } from "./seeds.ts";

const TRACE_LINES_SHOWN = 60;
/** Fewer are not worth another process. */
const SEEDS_OF_A_JOB_MIN = 50;

const { values } = parseArgs({
  options: {
    profile: { type: "string", default: "workflow" },
    seeds: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    /** Stops at the first seed that fails. */
    first: { type: "boolean", default: false },
    /** Looks for a smaller world in which the first failing seed fails the same way. */
    shrink: { type: "boolean", default: false },
    /** Processes at once. Default: as many as the machine runs. */
    jobs: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

if (values.list) for (const name of PROFILES.keys()) console.log(name);
else await main();

async function main(): Promise<void> {
  const profile = PROFILES.get(values.profile);
  const from = Number(values.seed ?? 1);
  const count = Number(values.seeds ?? (values.seed === undefined ? 100 : 1));
  if (profile === undefined || !Number.isSafeInteger(from) || !(count > 0)) {
    const names = [...PROFILES.keys()].join(", ");
    console.error(`usage: --profile ${names} [--seeds N] [--seed S] [--shrink] [--first] [--json]`);
    process.exitCode = 2;
    return;
  }
  const startMs = performance.now();
  const summary = await runAll(profile, { from, count, isFirstOnly: values.first });
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  if (values.json) console.log(JSON.stringify({ profile: values.profile, seconds, ...summary }));
  else await print(summary, seconds, profile);
  const missing = count < MANY_SEEDS ? [] : neverHit(profile.neededMarks, summary);
  if (missing.length > 0) console.log(`never generated: ${missing.join(", ")}`);
  console.log(`${summary.passed} passed, ${summary.failed} failed`);
  process.exitCode = summary.failed + missing.length === 0 ? 0 : 1;
}

/** A declaration: `main` runs before what stands below it is made. */
function neverHit(marks: readonly string[] = [], { marks: hit }: Summary): readonly string[] {
  return marks.filter((mark) => !(mark in hit));
}

function runAll(profile: Profile, range: Parameters<typeof runSeeds>[1]): Promise<Summary> {
  const most = Math.floor(range.count / SEEDS_OF_A_JOB_MIN);
  const jobs = Math.min(most, Number(values.jobs ?? availableParallelism()));
  if (jobs <= 1 || range.isFirstOnly) return runSeeds(profile, range);
  return runJobs(values.profile, range, jobs);
}

async function print(summary: Summary, seconds: number, profile: Profile): Promise<void> {
  for (const failure of summary.failures) printFailure(failure);
  const [first] = summary.failures;
  if (first !== undefined) {
    const again = await (values.shrink ? profile.shrink : profile.replay)?.(first.seed);
    if (again !== undefined) printTrace(again);
  }
  const marks = Object.entries(summary.marks).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [mark, count] of marks) console.log(`${`${count}`.padStart(7)} seeds  ${mark}`);
  const never = neverHit(profile.expectedMarks, summary);
  if (never.length > 0) console.log(`never hit: ${never.join(", ")}`);
  const seeds = summary.passed + summary.failed;
  const rate = Math.round((seeds / seconds) * 60);
  console.log(`${seeds} seeds, ${summary.entries} entries, ${seconds} s, ${rate} seeds/minute`);
}

function printFailure({ seed, swarm, violations, hash }: Omit<SeedReport, "marks">): void {
  console.log(`seed ${seed} (trace ${hash}, Node ${process.version})`);
  if (swarm !== undefined) console.log(`  in the world ${JSON.stringify(swarm)}`);
  for (const { law, detail } of violations) console.log(`  ${law}: ${detail}`);
  console.log(`  npm run sim -- --profile ${values.profile} --seed ${seed}`);
}

function printTrace({ seed, swarm, trace = [] }: SeedReport): void {
  const world = values.shrink ? `, in the smaller world ${JSON.stringify(swarm)}` : "";
  console.log(`the last events of seed ${seed}${world}:`);
  for (const line of trace.slice(-TRACE_LINES_SHOWN)) console.log(line);
}
