import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { parseArgs } from "node:util";
import { type Counts, NOTHING, sum } from "./runner/events.ts";
import { runWatched } from "./runner/watch.ts";

// npm test [-- PATTERN…] [--limit SECONDS]: runs test/**/*.test.ts, or those whose path matches a
// pattern (a regular expression; a file's own path always runs that file), around uvu.
//
// Files share one process, but for those that ask for another in their first lines: by
// `// run: own process`, or by `// run: beside` if they mostly wait for processes that they start;
// those share a process that runs at the same time as the others.
// A test past its limit is named and its process ended; the files after it still run.
// The last line is `N passed, N failed`; it exits 1 on a failure and on zero tests.

const OWN_PROCESS = /^\/\/ run: own process$/m;
const BESIDE = /^\/\/ run: beside$/m;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: "string", default: process.env["TEST_LIMIT_SECONDS"] ?? "60" } },
});

function chosen(patterns: readonly string[]): readonly string[] {
  const named = patterns.filter((pattern) => existsSync(pattern) && pattern.endsWith(".ts"));
  const matching = patterns.filter((p) => !named.includes(p)).map((p) => new RegExp(p));
  if (matching.length === 0 && named.length > 0) return named;
  const found = readdirSync("test", { recursive: true, encoding: "utf8" })
    .map((name) => join("test", name).split(sep).join("/"))
    .filter((name) => name.endsWith(".test.ts"))
    .filter((name) => matching.length === 0 || matching.some((pattern) => pattern.test(name)));
  return [...new Set([...named, ...found.sort()])];
}

type Chain = readonly (readonly string[])[];

/** What runs at the same time; each chain's groups run one after the other, a process each. */
function intoChains(files: readonly string[]): readonly Chain[] {
  const asks = (mark: RegExp) => (file: string) => mark.test(readFileSync(file, "utf8"));
  const beside = files.filter(asks(BESIDE));
  const own = files.filter(asks(OWN_PROCESS));
  const shared = files.filter((file) => !beside.includes(file) && !own.includes(file));
  const chains = [[shared, ...own.map((file) => [file])], [beside]];
  return chains
    .map((chain) => chain.filter((group) => group.length > 0))
    .filter((chain) => chain.length > 0);
}

interface Outcome {
  readonly counts: Counts;
  readonly failures: readonly string[];
}

async function runChain(chain: Chain, limitMs: number, isAlone: boolean): Promise<Outcome> {
  let counts: Counts = NOTHING;
  const failures: string[] = [];
  const shown = isAlone ? undefined : (text: string) => process.stdout.write(text);
  for (const group of chain) {
    let left = group;
    while (left.length > 0) {
      const run = await runWatched(left, limitMs, shown);
      counts = sum(counts, run.counts);
      failures.push(...run.failures);
      left = left.slice(run.files);
    }
  }
  return { counts, failures };
}

const files = chosen(positionals);
const chains = intoChains(files);
const limitMs = Number(values.limit) * 1000;
const outcomes = await Promise.all(
  chains.map((chain) => runChain(chain, limitMs, chains.length === 1)),
);
const counts = outcomes.map((outcome) => outcome.counts).reduce(sum, NOTHING);
const failures = outcomes.flatMap((outcome) => outcome.failures);
const isEmpty = counts.passed + counts.failed === 0;
if (isEmpty) failures.push(`no test ran, of ${files.length} files`);
if (failures.length > 0) process.stdout.write(`\n${failures.join("\n")}\n`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exitCode = counts.failed > 0 || isEmpty ? 1 : 0;
