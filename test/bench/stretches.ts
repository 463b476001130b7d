import { PerformanceObserver } from "node:perf_hooks";
import type { Timers } from "../../src/std/clock.ts";
import type { File, FileSystem } from "../../src/storage/disk/file-system.ts";

// What a chain of asynchronous work takes of the event loop's turns: its stretches, each from the
// settling of one call of a port to the next call, dispatch included. Beside them, from outside,
// the turns themselves, in which the machine's other work and the collector are too.

/** The same work, round after round: stretch by stretch the shortest is what the work needs. */
export class Stretches {
  #rounds: number[][] = [];
  #began = 0;

  /** All that `work` does between calls of the ports that were wrapped here. */
  async round(work: () => Promise<unknown>): Promise<void> {
    this.#rounds.push([]);
    this.#begin();
    await work();
    this.#end();
  }

  /** Milliseconds, in the order of the work; of what only some rounds have at their end too. */
  get needed(): readonly number[] {
    const most = Math.max(...this.#rounds.map(({ length }) => length));
    const none = Number.POSITIVE_INFINITY;
    return Array.from({ length: most }, (_, at) =>
      Math.min(...this.#rounds.map((round) => round[at] ?? none)),
    );
  }

  fileSystem(fs: FileSystem): FileSystem {
    const outside = <T>(call: () => Promise<T>): Promise<T> => this.#outside(call);
    return {
      open: async (path) => this.#file(await outside(() => fs.open(path))),
      list: (path) => outside(() => fs.list(path)),
      makeDirectory: (path) => outside(() => fs.makeDirectory(path)),
      rename: (from, to) => outside(() => fs.rename(from, to)),
      unlink: (path) => outside(() => fs.unlink(path)),
      syncDirectory: (path) => outside(() => fs.syncDirectory(path)),
      free: (path) => outside(() => fs.free(path)),
      used: (path) => outside(() => fs.used(path)),
    };
  }

  timers(timers: Timers): Timers {
    return {
      set: (ms, act) => timers.set(ms, act),
      defer: (act) => {
        this.#end();
        timers.defer(() => {
          this.#begin();
          act();
        });
      },
    };
  }

  #file(file: File): File {
    const outside = <T>(call: () => Promise<T>): Promise<T> => this.#outside(call);
    return {
      size: () => outside(() => file.size()),
      read: (at, length) => outside(() => file.read(at, length)),
      write: (at, bytes) => outside(() => file.write(at, bytes)),
      sync: () => outside(() => file.sync()),
      writeSafely: (at, bytes) => outside(() => file.writeSafely(at, bytes)),
      close: () => outside(() => file.close()),
    };
  }

  async #outside<T>(call: () => Promise<T>): Promise<T> {
    const called = call();
    this.#end();
    try {
      return await called;
    } finally {
      this.#begin();
    }
  }

  #begin(): void {
    this.#began = performance.now();
  }

  #end(): void {
    this.#rounds.at(-1)?.push(performance.now() - this.#began);
  }
}

/** Milliseconds of the longest turns of the event loop until `work` is done. */
export interface LongestTurn {
  /** By the clock: with what else the machine did meanwhile. */
  readonly wallMs: number;
  /** Of this process's CPU, its collector's and thread pool's threads included. */
  readonly cpuMs: number;
}

export async function longestTurn(work: () => Promise<unknown>): Promise<LongestTurn> {
  let [isDone, wallMs, cpuMs] = [false, 0, 0];
  let [last, lastCpu] = [performance.now(), cpu()];
  const look = (): void => {
    const [now, nowCpu] = [performance.now(), cpu()];
    wallMs = Math.max(wallMs, now - last);
    cpuMs = Math.max(cpuMs, nowCpu - lastCpu);
    [last, lastCpu] = [now, nowCpu];
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isDone = true;
  return { wallMs, cpuMs };
}

function cpu(): number {
  const { system, user } = process.cpuUsage();
  return (system + user) / 1_000;
}

/** Milliseconds of the collections from here on. */
export function collections(): { readonly lengths: readonly number[]; stop(): Promise<void> } {
  const lengths: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) lengths.push(duration);
  });
  observer.observe({ entryTypes: ["gc"] });
  const stop = async (): Promise<void> => {
    // What was collected last is told in a later turn.
    await new Promise((next) => setImmediate(next));
    observer.disconnect();
  };
  return { lengths, stop };
}
