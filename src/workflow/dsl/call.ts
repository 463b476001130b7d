import type { Duration } from "./duration.ts";

/** What an effect body gets beside its input (DESIGN §2, "fx"). */
export interface Fx<Deps = unknown> {
  readonly workflowId: string;
  readonly runId: string;
  /**
   * Hash of cluster, workflow id, run id and effect path: the same on every attempt, on every node.
   */
  readonly idempotencyKey: string;
  /**
   * 1, 2, …: grows with every failed attempt and every change of owner
   * since the effect was asked for.
   */
  readonly attempt: number;
  /**
   * The owner's epoch, strictly greater with each owner: give it to stores that refuse older ones.
   */
  readonly fencingToken: number;
  /** An earlier attempt of a lost owner may have reached the outside world. */
  readonly isRecovery: boolean;
  /**
   * Fires on time-out of the attempt, when the branch lost a race, when ownership is lost,
   * when the node stops.
   */
  readonly signal: AbortSignal;
  readonly log: FxLog;
  /**
   * Says that the attempt is alive, for `heartbeatTimeout`. The details of the last one are handed
   * to the next attempt, on whatever node; recorded about once a second, the latest wins.
   * @throws Unserializable; RaftoralError `payload-too-large`.
   */
  heartbeat(details?: unknown): void;
  /** Details of the last heartbeat of earlier attempts; undefined if there was none. */
  readonly lastHeartbeat: unknown;
  /** What `startNode({ deps })` was given. */
  readonly deps: Deps;
}

export interface FxLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The user's function behind a `compute` (input undefined) or a `step`. Runs on the owner only. */
export type CallBody = (input: unknown, fx: Fx) => unknown;

/** A class of errors, or a predicate on one. */
export type ErrorMatcher = (new (...args: never[]) => Error) | ((error: Error) => boolean);

export interface RetryOptions {
  /** All attempts together, the first included. Default 1. */
  readonly attempts?: number;
  /** Wait before the second attempt. Default "100ms". */
  readonly backoff?: Duration;
  /** The wait grows by this from attempt to attempt. Default 2. */
  readonly factor?: number;
  /** No wait is longer. Default "1 minute". */
  readonly maxBackoff?: Duration;
  /** Each wait is shortened by up to this share of itself, at random. 0 to 1, default 0.2. */
  readonly jitter?: number;
  /** Errors that end the effect at once. */
  readonly nonRetryable?: readonly ErrorMatcher[] | ((error: Error) => boolean);
}

export interface CallOptions {
  readonly retry?: RetryOptions;
  /** Of one attempt: its AbortSignal fires and the attempt fails with `TimedOut`. Default: none. */
  readonly timeout?: Duration;
  /**
   * Of all attempts and the waits between them, from when the effect was asked for: then it fails
   * with `TimedOut`. No attempt begins that could only begin later. Default: none.
   */
  readonly totalTimeout?: Duration;
  /** An attempt that gives no heartbeat for so long fails with `TimedOut`. Default: none. */
  readonly heartbeatTimeout?: Duration;
  /**
   * Where a duplicate is worse than an unknown: a start marker is committed before each attempt,
   * and an attempt whose end nobody knows (its owner was lost, its time passed) ends the effect
   * with `EffectOutcomeUnknown` instead of running again. Default false.
   */
  readonly atMostOnce?: boolean;
}
