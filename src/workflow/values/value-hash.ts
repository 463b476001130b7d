// The hash of a value: equal for equal values, whatever the order of keys, entries and elements of
// records, Maps and Sets. Goes into the log (idempotent starts, effect identities): fixed for ever.

import { Hash128 } from "../../std/hash.ts";
import { ownData } from "./errors.ts";
import { describe, isRecord, shapeOf, Trail } from "./shape.ts";
import { askedType, formOf, type Types } from "./types.ts";

/** One word before each part: no part reads as another kind's. */
const KIND = {
  undefined: 1,
  null: 2,
  false: 3,
  true: 4,
  number: 5,
  bigint: 6,
  string: 7,
  array: 8,
  record: 9,
  map: 10,
  set: 11,
  date: 12,
  url: 13,
  bytes: 14,
  error: 15,
  /** Of the user's own: its type's name, and its form. */
  own: 16,
} as const;

/** @throws Unserializable for what cannot be recorded, which has no equal elsewhere. */
export function valueHash(value: unknown, types: Types = []): string {
  const hash = new Hash128();
  new Hashing(hash, new Trail(), types).visit(value);
  return hash.hex();
}

class Hashing {
  readonly #hash: Hash128;
  readonly #trail: Trail;
  readonly #types: Types;

  constructor(hash: Hash128, trail: Trail, types: Types) {
    this.#hash = hash;
    this.#trail = trail;
    this.#types = types;
  }

  visit(value: unknown): void {
    switch (typeof value) {
      case "undefined":
        this.#hash.word(KIND.undefined);
        return;
      case "boolean":
        this.#hash.word(value ? KIND.true : KIND.false);
        return;
      case "number":
        this.#hash.word(KIND.number).number(value);
        return;
      case "bigint":
        this.#hash.word(KIND.bigint).text(value.toString());
        return;
      case "string":
        this.#hash.word(KIND.string).text(value);
        return;
      case "object":
        if (value === null) this.#hash.word(KIND.null);
        else this.#object(value);
        return;
      default:
        throw this.#trail.refuse(describe(value));
    }
  }

  #object(value: object): void {
    if (this.#trail.isTooDeep) {
      throw this.#trail.refuse("it lies too deep; does the value contain itself?");
    }
    const type = askedType(this.#types, value, this.#trail);
    if (type !== undefined) {
      this.#hash.word(KIND.own).text(type.name);
      this.#child(`<${type.name}>`, formOf(type, value, this.#trail));
      return;
    }
    const shape = shapeOf(value);
    if (shape === undefined) throw this.#trail.refuse(describe(value));
    this.#hash.word(KIND[shape]);
    if (isRecord(value, shape)) this.#record(value);
    else if (Array.isArray(value)) this.#items(value);
    else this.#rich(value);
  }

  #rich(value: object): void {
    if (value instanceof Date) this.#hash.number(value.getTime());
    else if (value instanceof URL) this.#hash.text(value.href);
    else if (value instanceof Map) {
      this.#unordered([...value].map(([key, item], i) => this.#own(i, [key, item])));
    } else if (value instanceof Set)
      this.#unordered([...value].map((item, i) => this.#own(i, item)));
    else if (value instanceof Error) this.#error(value);
    else this.#bytes(value);
  }

  #record(record: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(record).sort();
    this.#hash.word(keys.length);
    for (const key of keys) {
      this.#hash.text(key);
      this.#child(key, record[key]);
    }
  }

  #items(items: readonly unknown[]): void {
    this.#hash.word(items.length);
    for (let i = 0; i < items.length; i++) this.#child(i, items[i]);
  }

  /** Its stack says where it was made, not what it is. */
  #error(error: Error): void {
    this.#hash.text(error.name).text(error.message);
    this.#child("cause", error.cause);
    this.#record(ownData(error));
  }

  #bytes(value: object): void {
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : new Uint8Array();
    this.#hash.text(value.constructor.name).word(bytes.length);
    for (const byte of bytes) this.#hash.word(byte);
  }

  #child(step: string | number, value: unknown): void {
    this.#trail.enter(step);
    this.visit(value);
    this.#trail.leave();
  }

  /** The hash of a part by itself. */
  #own(step: number, value: unknown): string {
    const hash = new Hash128();
    this.#trail.enter(step);
    new Hashing(hash, this.#trail, this.#types).visit(value);
    this.#trail.leave();
    return hash.hex();
  }

  #unordered(hashes: string[]): void {
    this.#hash.word(hashes.length);
    for (const hash of hashes.sort()) this.#hash.text(hash);
  }
}
