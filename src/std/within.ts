// A wait with an end.

import type { Timer, Timers } from "./clock.ts";
import { deferred } from "./deferred.ts";

/** How long is waited, and by which time. */
export interface Limit {
  readonly timers: Timers;
  readonly limitMs: number;
}

/** What the promise gives; rejects by what `late` makes where that is not there in time. */
export async function within<T>(
  promise: Promise<T>,
  { timers, limitMs }: Limit,
  late: () => Error,
): Promise<T> {
  const end = deferred<never>();
  const timer: Timer = timers.set(limitMs, () => end.reject(late()));
  try {
    return await Promise.race([promise, end.promise]);
  } finally {
    timer.cancel();
  }
}
