// The codec port of interpreter and runner: `workflow/values` implements it over superjson.

import type { Failure } from "./failure.ts";
import type { Value } from "./record.ts";

export interface ValueCodec {
  /** @throws RaftoralError `unserializable` or `payload-too-large`. */
  encode(value: unknown): Value;
  decode(value: Value): unknown;
  /** Equal for equal values whatever the order of their keys; 128 bits as hex. */
  hash(value: unknown): string;
  /** Whatever was thrown, as data. Never throws. */
  encodeError(thrown: unknown): Failure;
  /** An Error with the name, message, stack, cause and data of the one that was thrown. */
  decodeError(failure: Failure): Error;
}

/** Decodes what the type system was promised elsewhere: the one place that takes it at its word. */
export function decodeAs<T>(codec: ValueCodec, value: Value): T {
  return codec.decode(value) as T;
}
