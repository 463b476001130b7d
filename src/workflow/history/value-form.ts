// Values and failures as JSON, for histories: what people read, and exactly the bytes that were
// recorded when it is read back.

import { RaftoralError } from "../../errors.ts";
import { fromUtf8, utf8 } from "../../std/bytes.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Value } from "../dsl/record.ts";

/** By the first byte of `values/codec.ts`'s forms; what fits none is kept as base64. */
const TEXT_FORMS = [
  ["json", 1],
  ["rich", 2],
] as const;
const UNDEFINED = 0;

export function valueForm(value: Value, isRedacted: boolean): unknown {
  if (isRedacted) return { redacted: value.length };
  if (value.length === 1 && value[0] === UNDEFINED) return { none: true };
  for (const [name, tag] of TEXT_FORMS) {
    const parsed = value[0] === tag ? sameJson(value.subarray(1)) : undefined;
    if (parsed !== undefined) return { [name]: parsed.json };
  }
  return { base64: Buffer.from(value).toString("base64") };
}

/** The JSON that gives these very bytes when it is written again; undefined: none does. */
function sameJson(bytes: Uint8Array): { readonly json: unknown } | undefined {
  try {
    const text = fromUtf8(bytes);
    const json: unknown = JSON.parse(text);
    return JSON.stringify(json) === text ? { json } : undefined;
  } catch {
    return;
  }
}

/** @throws RaftoralError `malformed` */
export function readValueForm(form: unknown): Value {
  const fields = fieldsOf(form);
  if ("redacted" in fields) {
    throw malformed("its values were left out when it was exported: export it without redaction");
  }
  if (fields["none"] === true) return Uint8Array.of(UNDEFINED);
  if (typeof fields["base64"] === "string") {
    return Uint8Array.from(Buffer.from(fields["base64"], "base64"));
  }
  for (const [name, tag] of TEXT_FORMS) {
    if (!(name in fields)) continue;
    const text = utf8(JSON.stringify(fields[name]));
    const bytes = new Uint8Array(text.length + 1);
    bytes[0] = tag;
    bytes.set(text, 1);
    return bytes;
  }
  throw malformed("a value has no known form");
}

export function failureForm(failure: Failure, isRedacted: boolean): unknown {
  const { name, message, stack, data, cause, isFinal } = failure;
  return {
    name,
    ...(isRedacted ? { redacted: message.length } : { message }),
    ...(stack === undefined || isRedacted ? {} : { stack }),
    ...(data === undefined ? {} : { data: valueForm(data, isRedacted) }),
    ...(cause === undefined ? {} : { cause: causeForm(cause, isRedacted) }),
    ...(isFinal === undefined ? {} : { isFinal }),
  };
}

const causeForm = (cause: NonNullable<Failure["cause"]>, isRedacted: boolean): unknown =>
  "value" in cause
    ? { value: valueForm(cause.value, isRedacted) }
    : { failure: failureForm(cause, isRedacted) };

/** @throws RaftoralError `malformed` */
export function readFailureForm(form: unknown): Failure {
  const { name, message, stack, data, cause, isFinal, redacted } = fieldsOf(form);
  if (redacted !== undefined) throw malformed("its failures were left out when it was exported");
  if (typeof name !== "string" || typeof message !== "string") throw malformed("no failure");
  return {
    name,
    message,
    ...(typeof stack === "string" ? { stack } : {}),
    ...(data === undefined ? {} : { data: readValueForm(data) }),
    ...(cause === undefined ? {} : { cause: readCause(fieldsOf(cause)) }),
    ...(typeof isFinal === "boolean" ? { isFinal } : {}),
  };
}

const readCause = (cause: Fields): NonNullable<Failure["cause"]> =>
  "value" in cause ? { value: readValueForm(cause["value"]) } : readFailureForm(cause["failure"]);

export type Fields = Readonly<Record<string, unknown>>;

/** @throws RaftoralError `malformed` */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed("a part of it is no object");
  }
  return { ...value };
}

export const malformed = (why: string): RaftoralError =>
  new RaftoralError("malformed", `this is no history that can be replayed: ${why}`);
