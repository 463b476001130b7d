// What is thrown, as it crosses the log, and back.

import type { Failure } from "../dsl/failure.ts";
import type { Value } from "../dsl/record.ts";
import { isMarkedFinal } from "../dsl/retry.ts";
import { makeError, ownData } from "./errors.ts";

/** Longer chains are cut: what is below is told by what is above. */
const CAUSES_MAX = 16;
const MESSAGE_CHARACTERS_MAX = 8_192;
const STACK_CHARACTERS_MAX = 8_192;
/**
 * What an error carries is a hint, not a payload: larger data is left out, property by property.
 */
const DATA_BYTES_MAX = 16_384;

/** The name of what was thrown and is no Error; the thing itself is the `cause`. */
const NO_ERROR = "NonErrorThrown";

export interface Bytes {
  encode(value: unknown): Value;
  decode(value: Value): unknown;
}

/** Never throws. What a proxy does at every touch, none of the guards below foresees. */
export function encodeFailure(thrown: unknown, bytes: Bytes): Failure {
  try {
    return failureOf(thrown, bytes, []);
  } catch {
    return { name: NO_ERROR, message: "what was thrown cannot be read" };
  }
}

export function decodeFailure(failure: Failure, bytes: Bytes): Error {
  const { name, message, stack, cause, data, isFinal = false } = failure;
  const own = data === undefined ? undefined : bytes.decode(data);
  const error = makeError({
    name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: decodeCause(cause, bytes) }),
    data: own,
  });
  return isFinal && !isMarkedFinal(error) ? Object.assign(error, { nonRetryable: true }) : error;
}

const decodeCause = (cause: NonNullable<Failure["cause"]>, bytes: Bytes): unknown =>
  "value" in cause ? bytes.decode(cause.value) : decodeFailure(cause, bytes);

/** `above` are the errors whose cause this is, so that a cycle ends. */
function failureOf(thrown: unknown, bytes: Bytes, above: readonly unknown[]): Failure {
  const final = isMarked(thrown) ? { isFinal: true } : {};
  if (!(thrown instanceof Error)) {
    const value = tryEncode(thrown, bytes) ?? bytes.encode(undefined);
    return { name: NO_ERROR, message: text(thrown), cause: { value }, ...final };
  }
  const stack = read(thrown, "stack");
  const data = dataOf(thrown, bytes);
  const cause = causeOf(thrown, bytes, [...above, thrown]);
  return {
    name: nameOf(thrown),
    message: text(read(thrown, "message")),
    ...(typeof stack === "string" ? { stack: stack.slice(0, STACK_CHARACTERS_MAX) } : {}),
    ...(cause === undefined ? {} : { cause }),
    ...(data === undefined ? {} : { data }),
    ...final,
  };
}

/** `class Declined extends Error {}` is told apart, though it did not set its name. */
function nameOf(error: Error): string {
  const name = text(read(error, "name"));
  if (name !== "Error") return name;
  try {
    return error.constructor.name || name;
  } catch {
    return name;
  }
}

function causeOf(error: Error, bytes: Bytes, above: readonly unknown[]): Failure["cause"] {
  const cause = read(error, "cause");
  if (cause === undefined || above.includes(cause) || above.length >= CAUSES_MAX) return;
  if (cause instanceof Error) return failureOf(cause, bytes, above);
  return {
    value: tryEncode(cause, bytes) ?? tryEncode(text(cause), bytes) ?? bytes.encode(undefined),
  };
}

/** Together if possible; else each property that can be recorded by itself. */
function dataOf(error: Error, bytes: Bytes): Value | undefined {
  const data = ownData(error);
  if (Object.keys(data).length === 0) return;
  const whole = tryEncode(data, bytes);
  if (whole !== undefined) return whole;
  const kept = Object.entries(data).filter(([, value]) => tryEncode(value, bytes) !== undefined);
  return kept.length === 0 ? undefined : tryEncode(Object.fromEntries(kept), bytes);
}

function tryEncode(value: unknown, bytes: Bytes): Value | undefined {
  try {
    const encoded = bytes.encode(value);
    return encoded.length <= DATA_BYTES_MAX ? encoded : undefined;
  } catch {
    return;
  }
}

function isMarked(thrown: unknown): boolean {
  try {
    return isMarkedFinal(thrown);
  } catch {
    return false;
  }
}

function read(error: Error, key: "name" | "message" | "stack" | "cause"): unknown {
  try {
    return error[key];
  } catch {
    return;
  }
}

function text(value: unknown): string {
  try {
    const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
    return (shown ?? String(value)).slice(0, MESSAGE_CHARACTERS_MAX);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
