// How a body ends, other than by its own return or throw.

import { NonRetryable } from "../../errors.ts";
import { type Op, op } from "./effect.ts";

/**
 * Throws at its place, marked as final: no retry policy tries again. An Error keeps its name,
 * message and data; a text becomes a `NonRetryable`. In a step's body: `throw new NonRetryable(…)`.
 */
export function fail(error: Error | string): Op<never> {
  return op({ kind: "fail", error: typeof error === "string" ? new NonRetryable(error) : error });
}

/**
 * Ends this run and begins the next one of the same id with this input and an empty journal.
 * Nothing after it runs, `finally` blocks included. Unread signals, and a cancellation that was not
 * felt yet, go over to the next run.
 */
export const continueAsNew = (input?: unknown): Op<never> => op({ kind: "continueAsNew", input });
