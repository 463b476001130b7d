const MIB = 1_048_576;

const text = (tag: number, content: string): Uint8Array =>
  Uint8Array.from(Buffer.concat([Buffer.of(tag), Buffer.from(content)]));
const plain = (content: string): Uint8Array => text(1, content);
const rich = (json: unknown, values: unknown, more: object = {}): Uint8Array =>
  text(2, JSON.stringify({ json, meta: { values, v: 1, ...more } }));
const many = <T>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));
const each = (count: number, type: unknown): object =>
  Object.fromEntries(many(count, (i) => [String(i), type]));

/**
 * RELIABILITY 4c: what somebody crafted to make a decoder slow, to make it build what nobody asked
 * for, or to reach a prototype.
 */
export const HOSTILE_PAYLOADS: Readonly<Record<string, () => Uint8Array>> = {
  "nothing at all": () => new Uint8Array(0),
  "a tag alone": () => Uint8Array.of(2),
  "an unknown tag": () => text(9, "1"),
  "undefined with a tail": () => text(0, "x"),
  "no UTF-8": () => Uint8Array.of(1, 0xff, 0xfe),
  "no JSON": () => plain("{"),
  "a bare NaN": () => plain("NaN"),
  "100,000 open brackets": () => plain("[".repeat(100_000)),
  "100,000 closed lists in each other": () => plain("[".repeat(100_000) + "]".repeat(100_000)),
  "20,000 records in each other": () => plain(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`),
  "depth under types": () =>
    text(2, `{"json":${"[".repeat(5_000)}1${"]".repeat(5_000)},"meta":{"values":["Date"],"v":1}}`),
  "a tree of types of great depth": () =>
    text(
      2,
      `{"json":1,"meta":{"values":${'{"a":'.repeat(5_000)}["Date"]${"}".repeat(5_000)},"v":1}}`,
    ),
  "types in types in types": () =>
    text(
      2,
      `{"json":1,"meta":{"values":${'["set",'.repeat(5_000)}["Date"]${"]".repeat(5_000)},"v":1}}`,
    ),
  __proto__: () => plain('{"__proto__":{"isAdmin":true}}'),
  "an escaped __proto__": () => plain('{"\\u005f_proto__":{"isAdmin":true}}'),
  constructor: () => plain('{"constructor":{"prototype":{"isAdmin":true}}}'),
  "__proto__ far below": () => plain(`{"a":[{"b":{"__proto__":1}}]}`),
  "a type by way of __proto__": () => rich({ a: 1 }, { "__proto__.x": ["Date"] }),
  "a type by way of constructor": () =>
    rich({ a: 1 }, { "constructor.prototype.x": ["undefined"] }),
  "a type at an array's length": () => rich([1], { length: ["bigint"] }),
  "a type far behind an array's end": () => rich([], { 4294967294: ["undefined"] }),
  "a type at a part that is not there": () => rich({}, { "a.b.c": ["Date"] }),
  "a type at a method": () => rich([1], { map: ["Date"] }),
  "a path with an open backslash": () => rich({ a: 1 }, { "a\\": ["Date"] }),
  "10,000 references": () =>
    rich(
      many(10_000, () => 0),
      undefined,
      { referentialEqualities: each(10_000, ["0"]) },
    ),
  "one reference": () => rich([{}, {}], undefined, { referentialEqualities: { 0: ["1"] } }),
  "a RegExp that never ends": () => rich("/(a+)+$/", ["regexp"]),
  "a class": () => rich({}, [["class", "User"]]),
  "a symbol": () => rich("x", [["symbol", "x"]]),
  "a custom type of somebody else": () => rich("x", [["custom", "evil"]]),
  "an old name of typed arrays": () => rich([1], [["typed-array", "Uint8Array"]]),
  "a typed array by the name constructor": () => rich([1], [["typed-array", "constructor"]]),
  "bytes of no type": () => rich("Evil:AAAA", [["custom", "bytes"]]),
  "bytes by the name constructor": () => rich("constructor:AAAA", [["custom", "bytes"]]),
  "bytes that do not fill an element": () => rich("Float64Array:AAAA", [["custom", "bytes"]]),
  "bytes that are no text": () => rich({ split: 1 }, [["custom", "bytes"]]),
  "an error that is none": () => rich(5, [["custom", "error"]]),
  "an error with a foreign prototype": () =>
    text(
      2,
      '{"json":{"name":"x","message":"","data":{"__proto__":{}}},"meta":{"values":[["custom","error"]],"v":1}}',
    ),
  "a bigint that is none": () => rich("1e9", ["bigint"]),
  "a bigint of 50,000 digits": () => rich("9".repeat(50_000), ["bigint"]),
  "a Date that is none": () => rich("yesterday", ["Date"]),
  "a URL that is none": () => rich("::", ["URL"]),
  "a Set of what is no list": () => rich({ length: 1e9 }, ["set"]),
  "a Map of what are no pairs": () => rich([1, 2], ["map"]),
  "a Set of 100,000": () =>
    rich(
      many(100_000, (i) => i),
      ["set"],
    ),
  "a Map with a key that is itself a Map": () => rich([[[], 1]], ["map", { "0.0": ["map"] }]),
  "a number that is none": () => rich("Infinite", ["number"]),
  "100,000 undefineds": () =>
    rich(
      many(100_000, () => null),
      each(100_000, ["undefined"]),
    ),
  "20,000 Dates": () =>
    rich(
      many(20_000, () => "2020-01-01T00:00:00.000Z"),
      each(20_000, ["Date"]),
    ),
  "one long path, 20,000 times": () =>
    rich(
      { a: { b: { c: {} } } },
      Object.fromEntries(many(20_000, (i) => [`a.b.c.${i}`, ["Date"]])),
    ),
  "a mebibyte of text": () => plain(JSON.stringify("x".repeat(MIB - 10))),
  "a mebibyte of backslashes": () => plain(`"${"\\\\".repeat(MIB / 4)}"`),
  "a mebibyte of empty lists": () => plain(`[${"[],".repeat(MIB / 3 - 2)}[]]`),
  "a mebibyte of different keys": () => plain(`{${many(90_000, (i) => `"k${i}":1`).join()}}`),
  "a mebibyte of keys that look alike": () =>
    plain(`{${many(40_000, (i) => `"\\u0061${"a".repeat(9)}${i}":1`).join()}}`),
  "more than its types": () => rich(1, ["undefined"], { extra: {} }),
  "no types": () => text(2, '{"json":1}'),
  "another version of types": () => rich(1, 5),
};
