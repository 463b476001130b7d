import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Blocks } from "./blocks.ts";
import { type Counts, NOTHING, type RunEvent, sum } from "./events.ts";

export interface Watched {
  readonly counts: Counts;
  /** One line for each test, hook or file that failed. */
  readonly failures: readonly string[];
  /** How many of the files are done with: at least one, so that a caller can go on behind it. */
  readonly files: number;
}

/** How long a process may live on when its last test is over: a handle was left open. */
const LINGER_MS = 3_000;
/** What is no test may take so long at least, on a starved machine: a start, an import, an end. */
const AROUND_TESTS_MS = 20_000;
const ONE_FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };
const ONE_PASSED: Counts = { passed: 1, failed: 0, skipped: 0 };

/**
 * Runs test files in one process; names what passes a limit or dies, and ends the process.
 * `shown` is told what the process prints, a file's whole at once; without it all goes straight on.
 */
export async function runWatched(
  files: readonly string[],
  limitMs: number,
  shown?: (text: string) => void,
): Promise<Watched> {
  const output = shown === undefined ? "inherit" : "pipe";
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(new URL("./child.ts", import.meta.url)), ...files],
    { stdio: ["ignore", output, output, "pipe"] },
  );
  const printed = shown === undefined ? undefined : new Blocks(files, shown);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => printed?.add(text));
  }
  const watch = new Watch(child, limitMs);
  const events = child.stdio[3];
  if (!(events instanceof Readable)) throw new Error("the test process has no events pipe");
  const lines = createInterface(events).on("line", (line) => watch.hear(JSON.parse(line)));
  const drained = once(lines, "close");
  const [code, signal] = await once(child, "exit");
  // The last lines may still be in the pipe, and a grandchild may hold its other end for ever.
  const late = setTimeout(() => lines.close(), 1_000);
  await drained;
  clearTimeout(late);
  for (const stream of [events, child.stdout, child.stderr]) stream?.destroy();
  printed?.end();
  return watch.end(code === 0 ? undefined : `${signal ?? `exit code ${code}`}`);
}

class Watch {
  readonly #child: ChildProcess;
  readonly #limitMs: number;
  readonly #failures: string[] = [];
  #counts = NOTHING;
  /** The suite under way, as far as its tests have ended; its own report replaces this. */
  #open = NOTHING;
  #files = 0;
  #file = "";
  #doing = "before the first file";
  #isDone = false;
  #isKilled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, limitMs: number) {
    this.#child = child;
    this.#limitMs = limitMs;
    this.#allow(Math.max(limitMs, AROUND_TESTS_MS));
  }

  hear(event: RunEvent): void {
    this.#allow(limitAfter(event, this.#limitMs));
    switch (event.kind) {
      case "file":
        this.#file = event.file;
        this.#doing = `${event.file}: before its first test`;
        break;
      case "test":
        this.#doing = `${this.#file}: ${event.name}`;
        break;
      case "ended":
        this.#testEnded(event.name, event.isPassed);
        break;
      case "suite":
        this.#suiteEnded(event.counts);
        break;
      case "file-end":
        this.#files++;
        this.#suiteEnded(this.#open); // A suite whose last hook threw reports nothing itself.
        if (event.problem !== undefined) this.#fail(`FAILS  ${this.#file}: ${event.problem}`);
        break;
      case "done":
        this.#isDone = true;
        this.#doing = "after the last test: a handle is left open";
        break;
      case "alive":
        this.#doing = `after the last test: left open are ${event.handles.join(", ")}`;
        break;
    }
  }

  /** The process is gone; `how` is undefined when it ended by itself with code 0. */
  end(how: string | undefined): Watched {
    clearTimeout(this.#timer);
    if (!this.#isKilled && (how !== undefined || !this.#isDone))
      this.#fail(`DIES   ${this.#doing} (${how ?? "nothing left to wait for"})`);
    this.#counts = sum(this.#counts, this.#open);
    return {
      counts: this.#counts,
      failures: this.#failures,
      files: this.#isDone ? this.#files : this.#files + 1,
    };
  }

  #testEnded(name: string, isPassed: boolean): void {
    this.#open = sum(this.#open, isPassed ? ONE_PASSED : ONE_FAILED);
    this.#doing = `${this.#file}: after "${name}"`;
    if (!isPassed) this.#failures.push(`FAILS  ${this.#file}: ${name}`);
  }

  #suiteEnded(counts: Counts): void {
    if (counts.failed > this.#open.failed) this.#failures.push(`FAILS  ${this.#file}: a hook`);
    this.#counts = sum(this.#counts, counts);
    this.#open = NOTHING;
  }

  #fail(line: string): void {
    this.#failures.push(line);
    this.#counts = sum(this.#counts, ONE_FAILED);
  }

  #allow(limitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isKilled = true;
      this.#fail(`HANGS  ${this.#doing} (for ${limitMs / 1000} s)`);
      this.#child.kill("SIGKILL");
    }, limitMs);
  }
}

function limitAfter(event: RunEvent, limitMs: number): number {
  if (event.kind === "test") return event.limitMs ?? limitMs;
  if (event.kind === "alive") return LINGER_MS;
  return event.kind === "done" ? AROUND_TESTS_MS : Math.max(limitMs, AROUND_TESTS_MS);
}
