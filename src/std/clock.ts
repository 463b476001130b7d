// Time's ports. Only `node/ports.ts` (real) and `testing/sim` (virtual) implement them.

export interface Clock {
  /** Milliseconds since an arbitrary start; never runs backwards. Elections, time-outs. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may jump. Only what users see, stamped into the log. */
  wallMs(): number;
}

/** A timer that is set; `cancel` twice is harmless. */
export interface Timer {
  cancel(): void;
}

export interface Timers {
  /** Calls `fn` once, not before `delayMs` have passed. */
  set(delayMs: number, fn: () => void): Timer;
  /**
   * Calls `fn` once, after what is under way in this turn of the event loop, its microtasks too.
   */
  defer(fn: () => void): void;
}
