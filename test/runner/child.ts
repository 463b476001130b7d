import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Counts, NOTHING, report, sum } from "./events.ts";

// Runs the test files it is given, one after the other, and reports to the watcher (`../run.ts`).
// It prints what uvu prints; what is counted, who hangs and when to end are the watcher's.

/** What `suite().run()` leaves in uvu's queue; `errors` is the text to print, true without any. */
type Queued = () => Promise<
  readonly [errors: string | true, passed: number, skipped: number, total: number]
>;
declare global {
  var UVU_DEFER: number;
  var UVU_INDEX: number;
  var UVU_QUEUE: Queued[][];
}

const SLOW_SECONDS = 2;

/** From here on `uvu` means `suite.ts`, for everyone but `suite.ts` itself. */
function announceTests(): void {
  const own = JSON.stringify(new URL("./suite.ts", import.meta.url).href);
  const hook = `export function resolve(name, context, next) {
    const isOurs = (context.parentURL ?? "").startsWith(${own});
    return next(name === "uvu" && !isOurs ? ${own} : name, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

async function runFile(file: string): Promise<void> {
  const queue: Queued[] = [];
  globalThis.UVU_QUEUE = [queue];
  globalThis.UVU_INDEX = 0;
  const started = performance.now();
  process.stdout.write(`${file}\n`);
  report({ kind: "file", file });
  const problem = await importAndRun(file, queue);
  const seconds = (performance.now() - started) / 1000;
  if (seconds > SLOW_SECONDS) process.stdout.write(`  ${seconds.toFixed(1)} s\n`);
  report(problem === undefined ? { kind: "file-end" } : { kind: "file-end", problem });
}

async function importAndRun(file: string, queue: readonly Queued[]): Promise<string | undefined> {
  try {
    await import(pathToFileURL(resolve(file)).href);
    let counts = NOTHING;
    for (const queued of queue) counts = sum(counts, await runSuite(queued));
    if (queue.length === 0) return "runs no suite: a forgotten .run()?";
    return counts.passed + counts.failed + counts.skipped === 0 ? "has no tests" : undefined;
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
}

async function runSuite(queued: Queued): Promise<Counts> {
  const [errors, passed, skipped, total] = await queued();
  const counts = { passed, failed: total - passed, skipped };
  if (errors !== true) process.stdout.write(`\n${errors}\n`);
  report({ kind: "suite", counts });
  return counts;
}

globalThis.UVU_DEFER = 1;
globalThis.UVU_QUEUE = [];
announceTests();
for (const file of process.argv.slice(2)) await runFile(file);
report({ kind: "done" });
// Fires only if something else keeps the process alive: then say what.
setTimeout(
  () => report({ kind: "alive", handles: process.getActiveResourcesInfo() }),
  1_000,
).unref();
