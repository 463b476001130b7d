import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { parseArgs } from "node:util";
import { type Counts, NOTHING, sum } from "./runner/events.ts";
import { runWatched } from "./runner/watch.ts";

// npm test [-- PATTERN…] [--limit SECONDS]: runs test/**/*.test.ts, or those whose path matches a
// pattern (a regular expression; a file's own path always runs that file), around uvu.
//
// All files share one process, but for those that ask by `// run: own process` in their first
// lines. A test past its limit is named and its process ended; the files after it still run.
// The last line is `N passed, N failed`; it exits 1 on a failure and on zero tests.

const OWN_PROCESS = /^\/\/ run: own process$/m;

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

function intoProcesses(files: readonly string[]): readonly (readonly string[])[] {
  const wantsOwn = (file: string): boolean => OWN_PROCESS.test(readFileSync(file, "utf8"));
  const shared = files.filter((file) => !wantsOwn(file));
  return [shared, ...files.filter(wantsOwn).map((file) => [file])].filter((g) => g.length > 0);
}

async function runAll(
  files: readonly string[],
  limitMs: number,
): Promise<{ counts: Counts; failures: string[] }> {
  let counts: Counts = NOTHING;
  const failures: string[] = [];
  for (const group of intoProcesses(files)) {
    let left = group;
    while (left.length > 0) {
      const run = await runWatched(left, limitMs);
      counts = sum(counts, run.counts);
      failures.push(...run.failures);
      left = left.slice(run.files);
    }
  }
  return { counts, failures };
}

const files = chosen(positionals);
const { counts, failures } = await runAll(files, Number(values.limit) * 1000);
const isEmpty = counts.passed + counts.failed === 0;
if (isEmpty) failures.push(`no test ran, of ${files.length} files`);
if (failures.length > 0) process.stdout.write(`\n${failures.join("\n")}\n`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exitCode = counts.failed > 0 || isEmpty ? 1 : 0;
