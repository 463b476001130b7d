// Who waits for which run's end, or next change, on this node. Settled from state: a wait that
// comes after it, or whose event was lost, is found by the next look.

import type { WaitOptions } from "../client/gateway.ts";
import { TimedOut } from "../errors.ts";
import type { Timers } from "../std/clock.ts";
import { type Deferred, deferred } from "../std/deferred.ts";

export class Waits<T> {
  readonly #timers: Timers;
  /** What had not come in time: "ended". */
  readonly #what: string;
  readonly #byWorkflowId = new Map<string, Set<Deferred<T>>>();

  constructor(timers: Timers, what: string) {
    this.#timers = timers;
    this.#what = what;
  }

  get size(): number {
    return this.#byWorkflowId.size;
  }

  /** Ids that somebody waits for, `most` at a time, round and round. */
  next(most: number): readonly string[] {
    const waits = [...first(this.#byWorkflowId, most)];
    for (const [id, waiters] of waits) {
      this.#byWorkflowId.delete(id);
      this.#byWorkflowId.set(id, waiters);
    }
    return waits.map(([id]) => id);
  }

  /** Settles with `settle`, or rejects by signal, time-out or `failAll`; leaves nothing behind. */
  async wait(workflowId: string, options: WaitOptions): Promise<T> {
    options.signal?.throwIfAborted();
    const waiter = deferred<T>();
    const waiters = this.#byWorkflowId.get(workflowId) ?? new Set();
    this.#byWorkflowId.set(workflowId, waiters.add(waiter));
    const onAbort = (): void => waiter.reject(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const { timeoutMs } = options;
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#timers.set(timeoutMs, () =>
            waiter.reject(
              new TimedOut(
                `${workflowId} has not ${this.#what} within ${timeoutMs} ms; it goes on`,
              ),
            ),
          );
    try {
      return await waiter.promise;
    } finally {
      timer?.cancel();
      options.signal?.removeEventListener("abort", onAbort);
      waiters.delete(waiter);
      if (waiters.size === 0) this.#byWorkflowId.delete(workflowId);
    }
  }

  settle(workflowId: string, value: T): void {
    for (const waiter of this.#byWorkflowId.get(workflowId) ?? []) waiter.resolve(value);
  }

  failAll(error: Error): void {
    for (const waiters of this.#byWorkflowId.values()) {
      for (const waiter of waiters) waiter.reject(error);
    }
  }
}

function* first<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}
