// When a failed attempt is followed by another. Pure: the caller brings chance and time.

import { NonRetryable, RaftoralError } from "../../errors.ts";
import type { CallOptions, ErrorMatcher, RetryOptions } from "./call.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type Known, refuseUnknown } from "./known-options.ts";

const defaults = {
  attempts: 1,
  backoff: "100ms",
  factor: 2,
  maxBackoff: "1 minute",
  jitter: 0.2,
} as const;

const noOptions: CallOptions = Object.freeze({});

/** What is known of an attempt that failed. */
export interface FailedAttempt {
  /** Failed attempts of this effect so far, this one included. */
  readonly failures: number;
  /** What was thrown. */
  readonly error: unknown;
  /** A random share in [0, 1). */
  readonly unit: number;
}

/** How long to wait before the next attempt, in milliseconds; undefined: the effect has failed. */
export function nextRetry(
  retry: RetryOptions | undefined,
  { failures, error, unit }: FailedAttempt,
): number | undefined {
  if (failures >= (retry?.attempts ?? defaults.attempts)) return;
  if (isFinal(retry?.nonRetryable, error)) return;
  const {
    backoff = defaults.backoff,
    factor = defaults.factor,
    maxBackoff = defaults.maxBackoff,
    jitter = defaults.jitter,
  } = retry ?? defaults;
  const growth = Math.min(factor ** (failures - 1), Number.MAX_VALUE); // 0 times Infinity is NaN.
  const waitMs = Math.min(durationMs(backoff) * growth, durationMs(maxBackoff));
  return Math.round(waitMs * (1 - jitter * unit));
}

/** Values that cannot be recorded stay so however often the body runs. */
const finalCodes: ReadonlySet<string> = new Set([
  "unserializable",
  "payload-too-large",
  "input-invalid",
  "schema-failed",
  "effect-outcome-unknown",
]);

/** What throws when it is looked at cannot vouch for another attempt. */
function isFinal(nonRetryable: RetryOptions["nonRetryable"], thrown: unknown): boolean {
  try {
    return isMarkedFinal(thrown) || hasFinalCode(thrown) || isMatched(nonRetryable, thrown);
  } catch {
    return true;
  }
}

const hasFinalCode = (thrown: unknown): boolean =>
  thrown instanceof RaftoralError && finalCodes.has(thrown.code);

function isMatched(nonRetryable: RetryOptions["nonRetryable"], thrown: unknown): boolean {
  if (nonRetryable === undefined) return false;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
  const matchers = typeof nonRetryable === "function" ? [nonRetryable] : nonRetryable;
  return matchers.some((matcher) => matches(matcher, error));
}

/** An error says so itself by `nonRetryable: true`. */
export function isMarkedFinal(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "nonRetryable" in thrown &&
    thrown.nonRetryable === true
  );
}

/** The error itself, marked; one that cannot be marked goes as the cause of one that is. */
export function markFinal(error: Error): Error {
  if (isMarkedFinal(error)) return error;
  try {
    return Object.assign(error, { nonRetryable: true });
  } catch {
    return new NonRetryable(error.message, { cause: error });
  }
}

function matches(matcher: ErrorMatcher, error: Error): boolean {
  return isErrorClass(matcher) ? error instanceof matcher : matcher(error);
}

function isErrorClass(matcher: ErrorMatcher): matcher is new (...args: never[]) => Error {
  return matcher === Error || matcher.prototype instanceof Error;
}

const CALL_OPTIONS: Known<CallOptions> = {
  retry: true,
  timeout: true,
  totalTimeout: true,
  heartbeatTimeout: true,
  atMostOnce: true,
};

const RETRY_OPTIONS: Known<RetryOptions> = {
  attempts: true,
  backoff: true,
  factor: true,
  maxBackoff: true,
  jitter: true,
  nonRetryable: true,
};

/**
 * The options of a call, checked once where it is defined.
 * @throws RaftoralError `invalid-argument`
 */
export function callOptions(options: CallOptions | undefined): CallOptions {
  if (options === undefined) return noOptions;
  refuseUnknown("an effect", options, CALL_OPTIONS);
  const { retry, timeout, totalTimeout, heartbeatTimeout, atMostOnce = false } = options;
  for (const [option, limit] of Object.entries({ timeout, totalTimeout, heartbeatTimeout })) {
    if (limit !== undefined && durationMs(limit) === 0) throw bad(option, limit, "above 0");
  }
  if (typeof atMostOnce !== "boolean") throw bad("atMostOnce", atMostOnce, "true or false");
  if (retry !== undefined) checkRetry(retry);
  return Object.freeze({ ...options, ...(retry && { retry: Object.freeze({ ...retry }) }) });
}

function checkRetry(retry: RetryOptions): void {
  refuseUnknown("retry", retry, RETRY_OPTIONS);
  const { attempts = 1, backoff = 0, factor = 1, maxBackoff = 0, jitter = 0 } = retry;
  if (!((Number.isSafeInteger(attempts) && attempts >= 1) || attempts === Infinity)) {
    throw bad("retry.attempts", attempts, "a whole number from 1 on, or Infinity");
  }
  for (const wait of [backoff, maxBackoff] satisfies Duration[]) durationMs(wait);
  if (!(Number.isFinite(factor) && factor >= 1)) throw bad("retry.factor", factor, "at least 1");
  if (!(jitter >= 0 && jitter <= 1)) throw bad("retry.jitter", jitter, "between 0 and 1");
  for (const matcher of [retry.nonRetryable ?? []].flat()) {
    if (typeof matcher !== "function") {
      throw bad("retry.nonRetryable", matcher, "error classes or predicates");
    }
  }
}

function bad(option: string, value: unknown, takes: string): RaftoralError {
  return new RaftoralError("invalid-argument", `${option} is ${takes}, not ${String(value)}`);
}
