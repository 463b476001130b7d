// How long a test waits, in real time, for what its own code does. Each ends as an error that names
// what is waited for: a runner's time-out says no more than which test it was.

import { quietTimers, realPorts } from "../node/ports.ts";
import { deferred } from "../std/deferred.ts";
import type { Limit } from "../std/within.ts";

/** How long a body or a schema that does real input or output may take. */
const REAL_LIMIT_MS = 10_000;
/** How long nothing may move while a test's own promise is open. */
const IDLE_LIMIT_MS = 30_000;

export const realLimit = (): Limit => ({
  timers: realPorts().timers,
  limitMs: REAL_LIMIT_MS,
});

/**
 * What the promise gives. Rejects when `moved` has been the same for `IDLE_LIMIT_MS`; no process is
 * kept alive for that.
 */
export async function unlessIdle<T>(
  promise: Promise<T>,
  moved: () => number | string,
  late: (why: string) => Error,
): Promise<T> {
  const end = deferred<never>();
  let last = moved();
  const look = (): void => {
    const now = moved();
    if (now === last) end.reject(late(IDLE));
    last = now;
    timer = quietTimers.set(IDLE_LIMIT_MS, look);
  };
  let timer = quietTimers.set(IDLE_LIMIT_MS, look);
  try {
    return await Promise.race([promise, end.promise]);
  } finally {
    timer.cancel();
  }
}

const IDLE = `waits for what never comes: nothing moved for ${IDLE_LIMIT_MS} ms of real time`;
