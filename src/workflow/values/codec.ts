// Values as bytes. The form is fixed for ever:
//   0               undefined
//   1 JSON text     what JSON brings back as it was
//   2 superjson     { json, meta: { values, v: 1 } }, for all else
//   3 sealed        one of these as the user's codec made it: `seal-codec.ts`

import { RaftoralError } from "../../errors.ts";
import { fromUtf8 } from "../../std/bytes.ts";
import type { PayloadCodec } from "../dsl/payload-codec.ts";
import type { Value } from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import { checkValueTypes } from "../dsl/value-type.ts";
import { type Bytes, decodeFailure, encodeFailure } from "./failure-codec.ts";
import { checkKeys } from "./guard.ts";
import { isPlainJson, tooLarge } from "./scan.ts";
import { createSeal } from "./seal-codec.ts";
import { createRichText, type RichText } from "./superjson-codec.ts";
import type { Types } from "./types.ts";
import { valueHash } from "./value-hash.ts";

const UNDEFINED = 0;
const JSON_TEXT = 1;
const RICH_TEXT = 2;

const FAILURE_BYTES_MAX = 4_194_304;

/** Up to this many characters a loop beats the platform's encoder and decoder. */
const SHORT_ENCODE_MAX = 60;
const SHORT_DECODE_MAX = 16;

/** Without one of these a JSON text has no forbidden key: `\u` may spell one. */
const SUSPECT = /__proto__|constructor|prototype|\\u/;

export interface CodecOptions {
  /** Largest encoded value, before and after the user's codec. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Default: none. */
  readonly codec?: PayloadCodec | undefined;
  /** Default: none. */
  readonly types?: Types | undefined;
}

/** @throws RaftoralError `invalid-argument`: two types of one name. */
export function createValueCodec(options: CodecOptions = {}): ValueCodec {
  const { maxBytes = 1_048_576, codec } = options;
  checkValueTypes(options.types ?? []);
  // Of two types that take a value as theirs the same one has it on every member.
  const types = [...(options.types ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rich = createRichText(types);
  const fits = (bytes: Value): Value => {
    if (bytes.length > maxBytes) throw tooLarge(maxBytes, bytes.length);
    return bytes;
  };
  const packing: Bytes = {
    encode: (value) => fits(packed(value, { maxBytes, types, rich })),
    decode: (bytes) => unpacked(bytes, rich),
  };
  // Parts of a failure have limits of their own: together they may pass that of one value.
  const seal = createSeal(codec, {
    encode: (value) => packed(value, { maxBytes: FAILURE_BYTES_MAX, types: [], rich }),
    decode: packing.decode,
  });
  return {
    pack: packing.encode,
    unpack: packing.decode,
    seal: (bytes) => fits(seal.seal(bytes)),
    open: seal.open,
    encode: (value) => fits(seal.seal(packing.encode(value))),
    decode: (value) => packing.decode(seal.open(value)),
    hash: (value) => valueHash(value, types),
    packError: (thrown) => encodeFailure(thrown, packing),
    sealError: seal.sealFailure,
    encodeError: (thrown) => seal.sealFailureAnyhow(encodeFailure(thrown, packing)),
    decodeError: (failure) => decodeFailure(seal.openFailure(failure), packing),
  };
}

interface Packing {
  readonly maxBytes: number;
  readonly types: Types;
  readonly rich: RichText;
}

function packed(value: unknown, { maxBytes, types, rich }: Packing): Value {
  if (value === undefined) return Uint8Array.of(UNDEFINED);
  if (typeof value === "string") return frame(JSON_TEXT, JSON.stringify(value));
  if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) {
    return frame(JSON_TEXT, String(value));
  }
  return isPlainJson(value, maxBytes, types)
    ? frame(JSON_TEXT, JSON.stringify(value))
    : frame(RICH_TEXT, rich.of(value));
}

/** @throws RaftoralError `malformed` */
function unpacked(value: Value, rich: RichText): unknown {
  switch (value[0]) {
    case UNDEFINED:
      if (value.length === 1) return;
      break;
    case JSON_TEXT:
      return fromJsonText(body(value));
    case RICH_TEXT:
      return rich.read(body(value));
  }
  throw new RaftoralError("malformed", "a recorded value has no known form");
}

function fromJsonText(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RaftoralError("malformed", "a recorded value is no JSON", { cause });
  }
  if (SUSPECT.test(text)) checkKeys(value, 0);
  return value;
}

/**
 * Longer ones come from Node's pool: what is kept for long is copied when it is read from the log.
 */
function frame(tag: number, text: string): Value {
  const short = shortFrame(tag, text);
  if (short !== undefined) return short;
  const { buffer, byteOffset, length } = Buffer.from(String.fromCharCode(tag) + text);
  return new Uint8Array(buffer, byteOffset, length);
}

/** undefined: not short, or not ASCII. */
function shortFrame(tag: number, text: string): Value | undefined {
  const { length } = text;
  if (length > SHORT_ENCODE_MAX) return;
  const bytes = new Uint8Array(length + 1);
  bytes[0] = tag;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return;
    bytes[i + 1] = code;
  }
  return bytes;
}

function body(value: Value): string {
  if (value.length > SHORT_DECODE_MAX + 1) return textOf(value);
  let text = "";
  for (let i = 1; i < value.length; i++) {
    const byte = value[i] ?? 0;
    if (byte > 0x7f) return textOf(value);
    text += String.fromCharCode(byte);
  }
  return text;
}

function textOf(value: Value): string {
  try {
    return fromUtf8(value.subarray(1));
  } catch (cause) {
    throw new RaftoralError("malformed", "a recorded value is no UTF-8", { cause });
  }
}
