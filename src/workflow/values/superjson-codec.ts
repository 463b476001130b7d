// superjson as this library uses it: types in its `meta`, never references, and own forms where its
// forms lose something (bytes, the data of errors). What comes in is checked before
// superjson sees it.

import SuperJSON from "superjson";
import { RaftoralError } from "../../errors.ts";
import { type ErrorParts, makeError, ownData } from "./errors.ts";
import { annotationsOf, checkForm, checkMeta } from "./guard.ts";
import { shapeOf } from "./shape.ts";
import { type Types, typeOf, valueBy } from "./types.ts";

/** Values that JSON alone would not bring back, as text and back. */
export interface RichText {
  of(value: unknown): string;
  /** @throws RaftoralError `malformed` */
  read(text: string): unknown;
}

type Payload = Parameters<SuperJSON["deserialize"]>[0];

export function createRichText(types: Types): RichText {
  const known = annotationsOf(types);
  const superjson = createSuperJson(types, known);
  return {
    of: (value) => {
      const { json, meta } = superjson.serialize(value);
      // References are left out: what was reached twice comes back as two, Sets in their order,
      // no path is searched.
      return JSON.stringify({ json, meta: { values: meta?.values, v: 1 } });
    },
    read: (text) => {
      try {
        const payload: unknown = JSON.parse(text);
        checkMeta(payload, known);
        return superjson.deserialize(payload as Payload, { inPlace: true });
      } catch (cause) {
        const why = cause instanceof RaftoralError ? `: ${cause.message}` : "";
        throw new RaftoralError("malformed", `a recorded value cannot be decoded${why}`, { cause });
      }
    },
  };
}

/** `dedupe` is part of the byte form: fixed for ever. */
function createSuperJson(types: Types, known: ReadonlySet<unknown>): SuperJSON {
  const own = new SuperJSON({ dedupe: false });
  registerTypes(own, types, known);
  own.registerCustom<Error, Record<string, never>>(
    {
      isApplicable: (value): value is Error =>
        value instanceof Error && typeOf(types, value) === undefined,
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

/**
 * A form holds whatever values hold, so it is a text of its own inside of the text: superjson does
 * not go into what a custom type gives.
 */
function registerTypes(own: SuperJSON, types: Types, known: ReadonlySet<unknown>): void {
  for (const type of types) {
    own.registerCustom<object, Record<string, never>>(
      {
        isApplicable: (value): value is object =>
          typeof value === "object" && value !== null && typeOf(types, value) === type,
        serialize: (value) => {
          const { json, meta } = own.serialize(type.serialize(value));
          const form = meta?.values === undefined ? { json } : { json, values: meta.values };
          return form as unknown as Record<string, never>;
        },
        deserialize: (form) => {
          const { json, values } = checkForm(form, known);
          const meta = values === undefined ? {} : { meta: { values, v: 1 } };
          return valueBy(type, own.deserialize({ json, ...meta } as Payload, { inPlace: true }));
        },
      },
      type.name,
    );
  }
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
