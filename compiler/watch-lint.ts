import { existsSync, readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { LintIo } from "./command.ts";
import { type LintOptions, settingsOf } from "./config/settings.ts";
import type { Analyser } from "./project/analysed.ts";
import { listTree, namesLanguage } from "./project/tree.ts";
import { WORDS } from "./rule-facts.ts";
import { type LintRun, type RunOptions, runLint } from "./run.ts";
import { isConfiguration, type Watching, watchTree } from "./watch.ts";

export interface WatchRequest {
  readonly options: LintOptions;
  readonly analyser: Analyser;
  readonly print: (run: LintRun) => void;
  readonly io: LintIo;
  readonly runOptions?: RunOptions;
}

/** Lints, and again whenever a change can have changed the report. Until the signal; then true. */
export async function watchLint(request: WatchRequest): Promise<boolean> {
  const { options, print, io, runOptions } = request;
  const { projectDirectory } = settingsOf(options, WORDS);
  const known = new Set(listTree(projectDirectory)?.files ?? []);
  const changes = new Changes(projectDirectory, io.signal);
  try {
    let last = await runLint(options, request.analyser, runOptions);
    print(last);
    io.writeError("raftoral lint: watching; end with Ctrl+C\n");
    for (let paths = await changes.next(); paths.size > 0; paths = await changes.next()) {
      const started = performance.now();
      const isNeeded = [...paths].some((path) => matters(path, last, known));
      for (const path of paths) noted(path, known);
      if (isNeeded) {
        last = await relint(request, last);
        print(last);
      }
      const named = [...paths].map((path) => relative(projectDirectory, path).split(sep).join("/"));
      const what = isNeeded ? "linted again" : "no workflow reaches it";
      const ms = Math.round(performance.now() - started);
      io.writeError(`${named.join(", ")}: ${what} (${ms} ms)\n`);
    }
    return true;
  } finally {
    changes.stop();
  }
}

/** A configuration that is wrong at the moment is told; the last run stands, the watch goes on. */
async function relint(request: WatchRequest, last: LintRun): Promise<LintRun> {
  const { options, analyser, io, runOptions } = request;
  try {
    return await runLint(options, analyser, runOptions);
  } catch (error) {
    io.writeError(`raftoral lint: ${error instanceof Error ? error.message : String(error)}\n`);
    return last;
  }
}

function matters(path: string, run: LintRun, known: ReadonlySet<string>): boolean {
  if (isConfiguration(path)) return true;
  const { projectDirectory } = run.settings;
  const isRead = run.analysis.files.some((file) => resolve(projectDirectory, file) === path);
  // A file that comes or goes can change what an import means.
  return isRead || existsSync(path) !== known.has(path) || (existsSync(path) && names(path));
}

function names(path: string): boolean {
  return namesLanguage(readFileSync(path, "utf8"));
}

function noted(path: string, known: Set<string>): void {
  if (existsSync(path)) known.add(path);
  else known.delete(path);
}

/** Changes one after the other; those that come while one is handled are one more. */
class Changes {
  readonly #signal: AbortSignal | undefined;
  readonly #watching: Watching;
  #waiting = new Set<string>();
  #wake: () => void = () => {};

  constructor(directory: string, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#watching = watchTree(directory, (paths) => {
      this.#waiting = new Set([...this.#waiting, ...paths]);
      this.#wake();
    });
    signal?.addEventListener("abort", () => this.#wake());
  }

  /** What changed since the last call; empty when the signal came. */
  async next(): Promise<ReadonlySet<string>> {
    while (this.#signal?.aborted !== true && this.#waiting.size === 0) {
      await new Promise<void>((resolved) => {
        this.#wake = resolved;
      });
    }
    const paths = this.#signal?.aborted === true ? new Set<string>() : this.#waiting;
    this.#waiting = new Set();
    return paths;
  }

  stop(): void {
    this.#watching.stop();
  }
}
