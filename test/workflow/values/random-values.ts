// Random values of every kind that can be recorded, and small: so that two are often nearly equal.

import type { Prng } from "../../../src/std/prng.ts";

const PRIMITIVES = [
  0,
  -0,
  1,
  0.5,
  Number.NaN,
  Infinity,
  -Infinity,
  0n,
  1n,
  -1n,
  "",
  "a",
  "0",
  "1",
  "ä\u2028\ud83d",
  true,
  false,
  null,
  undefined,
] as const;
const KEYS = ["", "a", "b", "a.b", "a\\.b", "\\", "0", "length", "values", "ä"] as const;
const SHAPES = ["array", "record", "map", "set", "date", "url", "bytes", "buffer"] as const;

export function randomValue(random: Prng, depth = 3): unknown {
  if (depth === 0 || random.chance(0.4)) return PRIMITIVES[random.below(PRIMITIVES.length)];
  const items = (): unknown[] =>
    Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));
  switch (random.pick(SHAPES)) {
    case "array":
      return items();
    case "record":
      return Object.fromEntries(items().map((item) => [random.pick(KEYS), item]));
    case "map":
      return new Map(items().map((item) => [randomValue(random, depth - 1), item]));
    case "set":
      return new Set(items());
    case "date":
      return new Date(random.below(3));
    case "url":
      return new URL(`https://a.example/${random.below(2)}`);
    case "bytes":
      return Uint8Array.from({ length: random.below(3) }, () => random.below(2));
    case "buffer":
      return Buffer.from([random.below(2)]);
  }
}

/** The same value, its keys, entries and elements in another order. */
export function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value instanceof Set) return new Set([...value].map(reordered).reverse());
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, item]) => [reordered(key), reordered(item)] as const).reverse(),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reordered(item)] as const)
      .reverse(),
  );
}
