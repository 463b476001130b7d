import { inspect, isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError, Unserializable } from "../../../src/errors.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

const test = suite("values: round trips");

const codec = createValueCodec();

const again = (value: unknown): unknown => codec.decode(codec.encode(value));

/** What it comes back as, type and all. */
function comesBack(value: unknown): void {
  const back = again(value);
  assert.ok(isDeepStrictEqual(back, value), `${inspect(value)} -> ${inspect(back)}`);
  if (typeof value === "object" && value !== null) {
    assert.is(Object.getPrototypeOf(back), Object.getPrototypeOf(value));
  }
}

const form = (value: unknown): string => {
  const [tag, ...text] = codec.encode(value);
  return `${tag} ${Buffer.from(text).toString()}`;
};

test("primitives come back as they were", () => {
  const numbers = [0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE];
  const texts = ["", "a", "ä", "€", "😀", '"\\\n\u0000\u2028', "x".repeat(10_000), "__proto__"];
  for (const value of [...numbers, ...texts, true, false, null, undefined]) comesBack(value);
  for (const value of [Number.NaN, Infinity, -Infinity, -0, 0n, -5n, 2n ** 200n]) comesBack(value);
  assert.ok(Object.is(again(-0), -0));
  assert.ok(Object.is(again(0), 0));
});

test("texts of every length come back, short and long, ASCII and not", () => {
  for (let length = 0; length < 140; length++) {
    comesBack("a".repeat(length));
    comesBack(`${"a".repeat(length)}ä`);
    comesBack({ key: "b".repeat(length) });
  }
});

test("a text with half a surrogate pair comes back", () => {
  for (const text of ["\ud83d", "\ude00", "a\ud83db"]) comesBack(text);
  comesBack(new Set(["\ud83d"]));
});

test("containers come back, empty and nested", () => {
  comesBack([]);
  comesBack({});
  comesBack([[], [[]], {}]);
  comesBack({ a: { b: [1, { c: null }] }, "": 1, "a.b": 2, "\\": 3, length: 4 });
  comesBack({ toString: 1, hasOwnProperty: 2, valueOf: 3, json: 4, meta: 5, values: 6 });
});

test("an undefined inside comes back: as a key of a record, as an item of an array", () => {
  comesBack({ a: undefined, b: 1 });
  comesBack([undefined, 1, undefined]);
  assert.equal(Object.keys(again({ a: undefined }) as object), ["a"]);
});

test("-0, NaN and the infinities come back inside of records and arrays", () => {
  comesBack({ a: -0, b: [Number.NaN, Infinity, -Infinity, -0, 0] });
  comesBack([-0]);
});

test("Date, URL, BigInt, Map and Set come back, empty and nested", () => {
  comesBack(new Date(0));
  comesBack(new Date(8.64e15));
  assert.is(String(again(new URL("https://a.example/b?c=d#e"))), "https://a.example/b?c=d#e");
  assert.instance(again(new URL("nats://x")), URL);
  comesBack(new Map());
  comesBack(new Set());
  comesBack(
    new Map<unknown, unknown>([
      [1, "one"],
      ["1", new Date(1)],
      [undefined, -0],
      [{}, []],
    ]),
  );
  comesBack(new Set<unknown>([1, "1", undefined, Number.NaN, 5n, new Set([new Map()])]));
  comesBack({ a: [new Map([["k", { at: new Date(1), big: 1n }]])], "x.y": new Set([[1n]]) });
  comesBack({ "a.b": { "c\\": new Date(1) }, "a\\.b": 1n, "": 2n });
});

test("bytes come back, each of their types, views of a part too", () => {
  comesBack(new Uint8Array());
  comesBack(Uint8Array.of(0, 1, 127, 128, 255));
  comesBack(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
  comesBack(Buffer.from("bytes"));
  comesBack(Float64Array.of(0, -0, Number.NaN, 0.1));
  for (const View of [Int8Array, Uint8ClampedArray, Int16Array, Uint16Array]) {
    comesBack(View.of(1, 2, 3));
  }
  for (const View of [Int32Array, Uint32Array, Float32Array]) comesBack(View.of(1, 2, 3));
  comesBack(BigInt64Array.of(-1n, 2n));
  comesBack(BigUint64Array.of(1n, 2n));
  comesBack(Uint8Array.of(1, 2, 3).buffer);
  comesBack({ a: [Uint8Array.of(1)], b: new Map([["k", Uint8Array.of(2)]]) });
});

test("an Error comes back with name, message, stack, cause and its own data", () => {
  const cause = Object.assign(new TypeError("below"), { at: new Date(5) });
  const error = Object.assign(new RangeError("above", { cause }), { cents: 5, list: [1n] });
  for (const back of [again(error), (again([{ error }]) as [{ error: unknown }])[0].error]) {
    assert.instance(back, Error);
    const { name, message, stack, cents, list } = back as typeof error;
    assert.equal(
      { name, message, stack, cents, list },
      {
        name: "RangeError",
        message: "above",
        stack: error.stack,
        cents: 5,
        list: [1n],
      },
    );
    const below = (back as Error).cause as typeof cause;
    assert.instance(below, Error);
    assert.equal([below.name, below.message, below.at], ["TypeError", "below", new Date(5)]);
    assert.equal(Object.keys(back as Error), ["cents", "list"]);
  }
});

test("an Error's cause may be any value, and none is not undefined", () => {
  assert.equal((again(new Error("x", { cause: { a: 1n } })) as Error).cause, { a: 1n });
  assert.is("cause" in (again(new Error("x")) as Error), false);
  const many = again(new AggregateError([new Error("a"), 5], "both")) as AggregateError;
  assert.is(many.errors.length, 2);
  assert.is(many.errors[0].message, "a");
});

test("a class's instance is refused, an Error's class stays behind", () => {
  class NoMoney extends Error {
    override readonly name = "NoMoney";
    readonly cents = 5;
  }
  const back = again(new NoMoney("none")) as NoMoney;
  assert.not.instance(back, NoMoney);
  assert.equal([back.name, back.message, back.cents], ["NoMoney", "none", 5]);
});

test("a record without prototype comes back as a plain one", () => {
  const bare: Record<string, unknown> = Object.create(null);
  bare["a"] = 1;
  assert.equal(again(bare), { a: 1 });
});

test("what is reached twice comes back as two", () => {
  const shared = { at: new Date(1) };
  const back = again([shared, shared]) as [unknown, unknown];
  assert.equal(back, [shared, shared]);
  assert.is.not(back[0], back[1]);
});

test("decoding gives a fresh copy each time, and leaves the bytes alone", () => {
  for (const value of [{ a: [1] }, { a: [new Date(1)] }, new Map([[1, [2]]]), Uint8Array.of(1)]) {
    const bytes = codec.encode(value);
    const before = Uint8Array.from(bytes);
    const [first, second] = [codec.decode(bytes), codec.decode(bytes)];
    assert.equal(first, second);
    assert.is.not(first, second);
    if (first instanceof Uint8Array) first[0] = 9;
    else Object.assign(first as object, { changed: true });
    assert.ok(isDeepStrictEqual(codec.decode(bytes), value));
    assert.equal(bytes, before);
  }
});

test("encoding changes nothing of the value", () => {
  const value = Object.freeze({ a: Object.freeze([Object.freeze({ at: new Date(1), b: -0 })]) });
  comesBack(value);
  assert.equal(value, { a: [{ at: new Date(1), b: -0 }] });
});

test("the byte form is fixed for ever", () => {
  assert.is(form(undefined), "0 ");
  assert.is(form(0), "1 0");
  assert.is(form("a"), '1 "a"');
  assert.is(form({ b: 1, a: [null, true] }), '1 {"b":1,"a":[null,true]}');
  assert.is(form(1n), '2 {"json":"1","meta":{"values":["bigint"],"v":1}}');
  assert.is(form(-0), '2 {"json":"-0","meta":{"values":["number"],"v":1}}');
  assert.is(
    form({ at: new Date(0) }),
    '2 {"json":{"at":"1970-01-01T00:00:00.000Z"},"meta":{"values":{"at":["Date"]},"v":1}}',
  );
  assert.is(
    form(Uint8Array.of(1, 2, 3)),
    '2 {"json":"Uint8Array:AQID","meta":{"values":[["custom","bytes"]],"v":1}}',
  );
});

test("a value that takes too many bytes is refused, by its size", () => {
  const small = createValueCodec({ maxBytes: 100 });
  const isTooLarge = (error: unknown): boolean =>
    error instanceof RaftoralError && error.code === "payload-too-large";
  assert.is(small.encode("x".repeat(97)).length, 100);
  for (const value of ["x".repeat(98), "ä".repeat(60), new Array(101).fill(0)]) {
    assert.throws(() => small.encode(value), isTooLarge);
  }
  assert.throws(() => small.encode(new Set([new Uint8Array(100)])), isTooLarge);
  assert.throws(() => small.encode(new Array(1_000).fill(-0)), isTooLarge);
});

test("a few objects that refer to each other many times end at the limit, at once", () => {
  let value: unknown = "x";
  for (let i = 0; i < 60; i++) value = [value, value];
  assert.throws(() => codec.encode(value), /takes more than the 1048576/);
});

test("a cycle is refused by its place, and so is a value that is too deep", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const isTyped = (error: unknown): boolean =>
    error instanceof Unserializable && /does the value contain itself\?/.test(error.message);
  assert.throws(() => codec.encode(cycle), isTyped);
  let deep: unknown = 1;
  for (let i = 0; i < 100; i++) deep = [deep];
  comesBack(deep);
  for (let i = 0; i < 5; i++) deep = [deep];
  assert.throws(() => codec.encode(deep), isTyped);
});

test.run();
