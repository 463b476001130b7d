// The codec port of interpreter and runner: `workflow/values` implements it over superjson. A value
// is packed into bytes and sealed by the user's codec, if there is one. The interpreter packs and
// compares packed bytes; whoever records or sends seals them, once: sealing twice may give other
// bytes.

import { RaftoralError } from "../../errors.ts";
import type { Failure } from "./failure.ts";
import type { Value } from "./record.ts";

export interface ValueCodec {
  /**
   * Packed and sealed. @throws RaftoralError `unserializable`, `payload-too-large`, `codec-failed`.
   */
  encode(value: unknown): Value;
  /** @throws RaftoralError `codec-failed`, `malformed`. */
  decode(value: Value): unknown;
  /** Before any codec of the user's. @throws Unserializable; `payload-too-large`. */
  pack(value: unknown): Value;
  /** @throws RaftoralError `malformed` */
  unpack(packed: Value): unknown;
  /** Without a codec of the user's as it is. @throws RaftoralError `codec-failed`. */
  seal(packed: Value): Value;
  /** What was never sealed as it is. @throws RaftoralError `codec-failed`. */
  open(value: Value): Value;
  /** Equal for equal values whatever the order of their keys; 128 bits as hex. Never sealed. */
  hash(value: unknown): string;
  /** Whatever was thrown, as data, unsealed. Never throws. */
  packError(thrown: unknown): Failure;
  /** @throws RaftoralError `codec-failed` */
  sealError(failure: Failure): Failure;
  /** Packed and sealed; a failure of the codec stands for what it could not seal. Never throws. */
  encodeError(thrown: unknown): Failure;
  /**
   * An Error with the name, message, stack, cause and data of the one that was thrown.
   * @throws RaftoralError `codec-failed`, `malformed`.
   */
  decodeError(failure: Failure): Error;
}

/**
 * Nothing that user code may catch, or that ends an effect: on another member, or later, the codec
 * may do it. The run is set aside until then.
 */
export const isCodecFailure = (error: unknown): error is RaftoralError =>
  error instanceof RaftoralError && error.code === "codec-failed";

/** Decodes what the type system was promised elsewhere: the one place that takes it at its word. */
export function decodeAs<T>(codec: ValueCodec, value: Value): T {
  return codec.decode(value) as T;
}
