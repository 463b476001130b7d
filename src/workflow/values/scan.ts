// Looks through a value before it is encoded: what JSON alone would not bring back needs superjson,
// and what superjson would not bring back either is refused, by its place.

import { RaftoralError } from "../../errors.ts";
import { ownData } from "./errors.ts";
import { hasOwnProperties } from "./own-properties.ts";
import { describe, isForbiddenKey, isRecord, type Shape, shapeOf, Trail } from "./shape.ts";

import { askedType, formOf, type Types } from "./types.ts";

/**
 * Whether JSON text brings the value back as it is; if not, superjson does.
 * Values are trees: what is reached twice is recorded twice, and a cycle is refused as too deep.
 * @throws Unserializable that names the place; RaftoralError `payload-too-large`
 */
export function isPlainJson(value: unknown, maxBytes: number, types: Types = []): boolean {
  const scan = new Scan(maxBytes, types);
  scan.visit(value);
  return scan.isPlain;
}

class Scan {
  isPlain = true;
  readonly #trail = new Trail();
  readonly #maxBytes: number;
  /**
   * Each part takes at least one byte: a few objects that refer to each other many times end here.
   */
  #parts = 0;
  readonly #types: Types;

  constructor(maxBytes: number, types: Types) {
    this.#maxBytes = maxBytes;
    this.#types = types;
  }

  visit(value: unknown): void {
    if (++this.#parts > this.#maxBytes) throw tooLarge(this.#maxBytes);
    switch (typeof value) {
      case "string":
      case "boolean":
        return;
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) this.isPlain = false;
        return;
      case "bigint":
      case "undefined":
        this.isPlain = false;
        return;
      case "object":
        if (value !== null) this.#object(value);
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
      this.isPlain = false;
      this.#child(`<${type.name}>`, formOf(type, value, this.#trail));
      return;
    }
    const shape = shapeOf(value);
    if (shape === undefined) throw this.#trail.refuse(describe(value));
    if (shape === "array" && Array.isArray(value)) this.#array(value);
    else if (isRecord(value, shape)) this.#record(value);
    else this.#rich(value, shape);
  }

  #array(items: readonly unknown[]): void {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (item === undefined && !(i in items)) throw this.#at(i).refuse("the array has a hole");
      this.#child(i, item);
    }
    if (Object.keys(items).length > items.length) this.#refuseOwn(items, items.length);
    if (Object.getOwnPropertySymbols(items).length > 0) {
      throw this.#trail.refuse("it has keys that are symbols");
    }
  }

  /** What JSON and superjson would leave behind without a word. */
  #refuseOwn(value: object, from: number): never {
    throw this.#trail.refuse(
      `its own property ${JSON.stringify(Object.keys(value)[from])} would be lost: use a record`,
    );
  }

  #record(record: Readonly<Record<string, unknown>>): void {
    if (Object.getOwnPropertySymbols(record).length > 0) {
      throw this.#trail.refuse("it has keys that are symbols");
    }
    for (const key of Object.keys(record)) {
      if (isForbiddenKey(key)) throw this.#at(key).refuse("the key has a meaning of its own");
      this.#child(key, record[key]);
    }
  }

  #rich(value: object, shape: Shape): void {
    this.isPlain = false;
    if (shape === "map" || shape === "set" || shape === "date" || shape === "url") {
      if (Object.keys(value).length > 0) this.#refuseOwn(value, 0);
    }
    if (value instanceof Map) {
      this.#items("keys", [...value.keys()]);
      this.#items("values", [...value.values()]);
    } else if (value instanceof Set) this.#items("values", [...value]);
    else if (value instanceof Error) {
      if ("cause" in value) this.#child("cause", value.cause);
      this.#record(ownData(value));
    } else if (value instanceof Date && Number.isNaN(value.getTime())) {
      throw this.#trail.refuse("it is an invalid Date");
    } else if (shape === "bytes") {
      if (hasOwnProperties(value)) {
        throw this.#trail.refuse("its own properties would be lost: use a record beside it");
      }
    } else if (shape === "array") throw this.#trail.refuse(describe(value));
  }

  #items(part: string, items: readonly unknown[]): void {
    this.#trail.enter(part);
    this.#array(items);
    this.#trail.leave();
  }

  #child(step: string | number, value: unknown): void {
    if (typeof value === "string") {
      this.#parts++;
      return;
    }
    this.#trail.enter(step);
    this.visit(value);
    this.#trail.leave();
  }

  #at(step: string | number): Trail {
    this.#trail.enter(step);
    return this.#trail;
  }
}

export function tooLarge(maxBytes: number, bytes?: number): RaftoralError {
  const size = bytes === undefined ? "" : ` ${bytes} bytes,`;
  return new RaftoralError(
    "payload-too-large",
    `the value takes${size} more than the ${maxBytes} that may be recorded: ` +
      "keep large data elsewhere and record its name",
  );
}
