// superjson as this library uses it: types in its `meta`, never references, and own forms where its
// forms lose something (bytes, the data of errors). What comes in is checked before
// superjson sees it.

import SuperJSON from "superjson";
import { RaftoralError } from "../../errors.ts";
import { type ErrorParts, makeError, ownData } from "./errors.ts";
import { checkMeta } from "./guard.ts";
import { shapeOf } from "./shape.ts";

/** `dedupe` is part of the byte form: fixed for ever. */
const superjson: SuperJSON = createSuperJson();

export function richText(value: unknown): string {
  const { json, meta } = superjson.serialize(value);
  // References are left out: what was reached twice comes back as two, Sets in their order,
  // no path is searched.
  return JSON.stringify({ json, meta: { values: meta?.values, v: 1 } });
}

/** @throws RaftoralError `malformed` */
export function fromRichText(text: string): unknown {
  try {
    const payload: unknown = JSON.parse(text);
    checkMeta(payload);
    return superjson.deserialize(payload as Parameters<SuperJSON["deserialize"]>[0], {
      inPlace: true,
    });
  } catch (cause) {
    throw new RaftoralError("malformed", "a recorded value cannot be decoded", { cause });
  }
}

function createSuperJson(): SuperJSON {
  const own = new SuperJSON({ dedupe: false });
  own.registerCustom<Error, Record<string, never>>(
    {
      isApplicable: (value): value is Error => value instanceof Error,
      // superjson's type asks for JSON; its walker goes into what an error's form holds.
      serialize: (error) => partsOf(error) as unknown as Record<string, never>,
      deserialize: (parts) => makeError(parts as unknown as ErrorParts),
    },
    "error",
  );
  own.registerCustom<object, string>(
    {
      isApplicable: (value): value is object =>
        typeof value === "object" && value !== null && shapeOf(value) === "bytes",
      serialize: bytesText,
      deserialize: fromBytesText,
    },
    "bytes",
  );
  return own;
}

function partsOf(error: Error): ErrorParts {
  const { name, message, stack } = error;
  return {
    name,
    message,
    ...(typeof stack === "string" ? { stack } : {}),
    ...("cause" in error ? { cause: error.cause } : {}),
    data: ownData(error),
  };
}

const VIEWS = {
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/**
 * `Uint8Array:AQID`. The elements as they lie in memory: little-endian wherever Node.js runs today.
 */
function bytesText(value: object): string {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const text = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
    return `${value.constructor.name}:${text}`;
  }
  return `ArrayBuffer:${Buffer.from(value as ArrayBuffer).toString("base64")}`;
}

function fromBytesText(text: string): object {
  const [type = "", base64 = ""] = text.split(":");
  const bytes = Buffer.from(base64, "base64");
  if (type === "Buffer") return bytes;
  const { buffer } = Uint8Array.from(bytes);
  if (type === "ArrayBuffer") return buffer;
  const View = Object.entries(VIEWS).find(([name]) => name === type)?.[1];
  if (View === undefined) throw new RaftoralError("malformed", `no bytes of type ${type}`);
  return new View(buffer);
}
