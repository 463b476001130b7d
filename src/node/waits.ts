// Who waits for which run's end on this node. Settled from state: a wait that comes after the end,
// or whose event was lost, is found by the next look.

import type { RunEnd, WaitOptions } from "../client/gateway.ts";
import { TimedOut } from "../errors.ts";
import type { Timers } from "../std/clock.ts";
import { type Deferred, deferred } from "../std/deferred.ts";

export class Waits {
  readonly #timers: Timers;
  readonly #byWorkflowId = new Map<string, Set<Deferred<RunEnd>>>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#byWorkflowId.size;
  }

  /** The ids that somebody waits for. */
  ids(): readonly string[] {
    return [...this.#byWorkflowId.keys()];
  }

  /** Settles with `settle`, or rejects by signal, time-out or `failAll`; leaves nothing behind. */
  async wait(workflowId: string, options: WaitOptions): Promise<RunEnd> {
    options.signal?.throwIfAborted();
    const waiter = deferred<RunEnd>();
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
              new TimedOut(`${workflowId} has not ended within ${timeoutMs} ms; it goes on`),
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

  settle(workflowId: string, end: RunEnd): void {
    for (const waiter of this.#byWorkflowId.get(workflowId) ?? []) waiter.resolve(end);
  }

  failAll(error: Error): void {
    for (const waiters of this.#byWorkflowId.values()) {
      for (const waiter of waiters) waiter.reject(error);
    }
  }
}
