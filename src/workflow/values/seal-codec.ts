// The user's codec around packed values. It is foreign code: it gets copies, since a buffer that it
// changed would be the journal's, and what it gives is copied, since it may use it again.

import { RaftoralError } from "../../errors.ts";
import type { Failure } from "../dsl/failure.ts";
import type { PayloadCodec } from "../dsl/payload-codec.ts";
import type { Value } from "../dsl/record.ts";
import type { Bytes } from "./failure-codec.ts";

const SEALED = 3;
/** The last form of a packed value: what opens to another one was not opened by the right key. */
const PACKED_MAX = 2;
/** Of a failure whose name, message and all are in its sealed data. */
const SEALED_NAME = "Sealed";

export interface Seal {
  seal(packed: Value): Value;
  open(value: Value): Value;
  sealFailure(failure: Failure): Failure;
  /** Never throws. */
  sealFailureAnyhow(failure: Failure): Failure;
  openFailure(failure: Failure): Failure;
}

export function createSeal(codec: PayloadCodec | undefined, packing: Bytes): Seal {
  const seal = (packed: Value): Value => (codec === undefined ? packed : sealedBy(codec, packed));
  const open = (value: Value): Value => (value[0] === SEALED ? openedBy(codec, value) : value);
  const sealFailure = (failure: Failure): Failure =>
    codec === undefined ? failure : sealedFailure(codec, failure, packing);
  return {
    seal,
    open,
    sealFailure,
    sealFailureAnyhow: (failure) => {
      try {
        return sealFailure(failure);
      } catch (error) {
        // Without a word of what was thrown: that was not meant to be read.
        const name = "RaftoralError";
        const message = error instanceof Error ? error.message : String(error);
        return { name, message, data: packing.encode({ code: "codec-failed" }) };
      }
    },
    openFailure: (failure) => {
      const { name, data } = failure;
      if (name !== SEALED_NAME || data?.[0] !== SEALED) return failure;
      const opened = packing.decode(open(data));
      if (isFailure(opened)) return opened;
      throw failed(codec?.name, "what it opened is no failure");
    },
  };
}

function sealedFailure(codec: PayloadCodec, failure: Failure, packing: Bytes): Failure {
  const data = sealedBy(codec, packing.encode(failure));
  return { name: SEALED_NAME, message: `sealed by the codec "${codec.name}"`, data };
}

function sealedBy(codec: PayloadCodec, packed: Value): Value {
  const bytes = bytesOf(codec.name, "encode", () => codec.encode(packed.slice()));
  const sealed = new Uint8Array(bytes.length + 1);
  sealed[0] = SEALED;
  sealed.set(bytes, 1);
  return sealed;
}

function openedBy(codec: PayloadCodec | undefined, value: Value): Value {
  if (codec === undefined) {
    throw new RaftoralError(
      "codec-failed",
      "the value is sealed by a codec, and this process has none: give it the members' codec",
    );
  }
  const bytes = bytesOf(codec.name, "decode", () => codec.decode(value.slice(1)));
  if ((bytes[0] ?? SEALED) > PACKED_MAX) {
    throw failed(codec.name, "what it decoded is no value: is its key that of the members?");
  }
  return bytes.slice();
}

function bytesOf(name: string, what: "encode" | "decode", act: () => unknown): Uint8Array {
  let bytes: unknown;
  try {
    bytes = act();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw failed(name, `it did not ${what} a value: ${why}`, cause);
  }
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof Promise) bytes.catch(() => {});
  throw failed(name, `${what} gave no bytes`);
}

const failed = (name: string | undefined, why: string, cause?: unknown): RaftoralError =>
  new RaftoralError("codec-failed", `the codec "${name ?? "none"}": ${why}`, {
    ...(cause === undefined ? {} : { cause }),
  });

const isFailure = (value: unknown): value is Failure =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "message" in value &&
  typeof value.message === "string";
