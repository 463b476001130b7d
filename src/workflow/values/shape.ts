// What kinds of values can be recorded, and where in a value something cannot.

import { Unserializable } from "../../errors.ts";

/** Values are trees of primitives and these. */
export type Shape = "array" | "record" | "map" | "set" | "error" | "date" | "url" | "bytes";

/**
 * Of the recorded form, in which a Map is an array of pairs.
 * Deeper values are refused on both sides.
 */
export const DEPTH_MAX = 100;

const BYTE_TYPES = [
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
  ArrayBuffer,
  Buffer,
] as const;

/** By prototype: a subclass would come back as its base. */
const SHAPES: ReadonlyMap<unknown, Shape> = new Map<unknown, Shape>([
  [Object.prototype, "record"],
  [null, "record"],
  [Array.prototype, "array"],
  [Map.prototype, "map"],
  [Set.prototype, "set"],
  [Date.prototype, "date"],
  [URL.prototype, "url"],
  ...BYTE_TYPES.map((type) => [type.prototype, "bytes"] as const),
]);

/** superjson refuses them, and they must not reach an assignment. */
export function isForbiddenKey(key: string): boolean {
  if (key.length !== 9 && key.length !== 11) return false;
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

/** A plain object: its shape says that it is read by keys. */
export const isRecord = (
  _value: object,
  shape: Shape,
): _value is Readonly<Record<string, unknown>> => shape === "record";

/** The shape of an object; undefined: it would come back as something else. */
export function shapeOf(value: object): Shape | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return "record";
  const shape = SHAPES.get(prototype);
  return shape ?? (value instanceof Error ? "error" : undefined);
}

/** Names the type of what cannot be recorded, and what can be done instead. */
export function describe(value: unknown): string {
  if (typeof value === "function") return "it is a function";
  if (typeof value === "symbol") return "it is a symbol";
  if (value instanceof Promise) return "it is a promise: await it first";
  if (value instanceof RegExp) return "it is a RegExp: record its source as a text";
  const type: unknown = Reflect.get(Object(value), "constructor");
  const name = typeof type === "function" ? type.name : "";
  const what = `it is an instance of ${name || "a class"}, and would come back as something else`;
  return `${what}: give its type to startNode({ types })`;
}

/** The way from the top of a value to where a walk is: keys of records, indexes of arrays. */
export class Trail {
  readonly #steps: (string | number)[] = [];

  get isTooDeep(): boolean {
    return this.#steps.length > DEPTH_MAX;
  }

  enter(step: string | number): void {
    this.#steps.push(step);
  }

  leave(): void {
    this.#steps.pop();
  }

  refuse(why: string, cause?: unknown): Unserializable {
    const place = this.#steps.map(stepText).join("");
    const options = cause === undefined ? {} : { cause };
    return new Unserializable(`$${place} cannot be recorded: ${why}`, options);
  }
}

function stepText(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(step)
    ? `.${step}`
    : `[${JSON.stringify(step)}]`;
}
