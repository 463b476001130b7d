import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError, Unserializable } from "../../../src/errors.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

const test = suite("values: refusals");

const codec = createValueCodec();

class Money {
  readonly cents = 5;
}

class Lines extends Array<number> {}

/** The message with which a value is refused, after its type was checked. */
function refusal(value: unknown): string {
  try {
    codec.encode(value);
  } catch (error) {
    assert.instance(error, Unserializable);
    assert.ok(error instanceof RaftoralError && error.code === "unserializable");
    return error.message;
  }
  throw new Error("it was encoded");
}

test("a refusal names the kind of what cannot be recorded", () => {
  const kinds: readonly (readonly [unknown, string])[] = [
    [() => 1, "it is a function"],
    [Symbol("x"), "it is a symbol"],
    [Promise.resolve(), "it is a promise: await it first"],
    [/x/, "it is a RegExp: record its source as a text"],
    [new Money(), "it is an instance of Money, and would come back as something else"],
    [Lines.of(1), "it is an instance of Lines, and would come back as something else"],
    [new WeakMap(), "it is an instance of WeakMap, and would come back as something else"],
    [new Date(Number.NaN), "it is an invalid Date"],
    [Object(5), "it is an instance of Number, and would come back as something else"],
    [new DataView(new ArrayBuffer(1)), "it is an instance of DataView, and would come back"],
  ];
  for (const [value, why] of kinds) {
    const message = refusal(value);
    assert.ok(message.startsWith(`$ cannot be recorded: ${why}`), message);
  }
});

test("a refusal names the place: keys, indexes, the parts of Maps, Sets and Errors", () => {
  const bad = Symbol("bad");
  const places: readonly (readonly [unknown, string])[] = [
    [[1, bad], "$[1]"],
    [{ a: { b: [bad] } }, "$.a.b[0]"],
    [{ "a b": bad }, '$["a b"]'],
    [{ "0": bad }, '$["0"]'],
    [{ ä: bad }, "$.ä"],
    [new Map([[1, bad]]), "$.values[0]"],
    [new Map([[bad, 1]]), "$.keys[0]"],
    [new Set([1, bad]), "$.values[1]"],
    [new Error("x", { cause: { bad } }), "$.cause.bad"],
    [{ error: Object.assign(new Error("x"), { bad }) }, "$.error.bad"],
  ];
  for (const [value, place] of places) {
    assert.is(refusal(value), `${place} cannot be recorded: it is a symbol`);
  }
});

test("a hole in an array, a symbol as a key and a key that means something are refused", () => {
  const hole: unknown[] = [1, 2];
  delete hole[0];
  assert.is(refusal({ a: hole }), "$.a[0] cannot be recorded: the array has a hole");
  const keyed = { a: { [Symbol("x")]: 1 } };
  assert.is(refusal(keyed), "$.a cannot be recorded: it has keys that are symbols");
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const record = JSON.parse(`{"a":{"${key}":1}}`);
    assert.is(refusal(record), `$.a.${key} cannot be recorded: the key has a meaning of its own`);
    comesThrough({ a: key, b: [key], c: { [`${key}s`]: 1 } });
    comesThrough(new Map([[key, 1]]));
  }
});

test("what an array, Date, Map, Set or URL has beside its contents is refused, not lost", () => {
  const url = new URL("http://a.example/");
  for (const holder of [[1], [], new Date(0), new Map([[1, 2]]), new Set([1]), url]) {
    comesThrough({ a: holder });
    const value = { a: Object.assign(holder, { extra: 1 }) };
    assert.match(refusal(value), '$.a cannot be recorded: its own property "extra" would be lost');
  }
  const keyed = Object.assign([1], { [Symbol("x")]: 1 });
  assert.is(refusal(keyed), "$ cannot be recorded: it has keys that are symbols");
});

function comesThrough(value: unknown): void {
  assert.equal(codec.decode(codec.encode(value)), value);
}

test("the place is right after what lay beside it was passed", () => {
  const value = { a: { b: [1, { c: new Map([[1, [2]]]) }] }, d: [new Set([[3]]), () => 1] };
  assert.match(refusal(value), /^\$\.d\[1\] cannot/);
});

test("a value that contains itself is refused, by whatever way", () => {
  const record: Record<string, unknown> = {};
  record["self"] = [record];
  const map = new Map<unknown, unknown>();
  map.set("self", map);
  const error = new Error("x");
  error.cause = error;
  for (const value of [record, map, error]) {
    assert.match(refusal(value), /it lies too deep; does the value contain itself\?$/);
  }
});

test("a getter that throws is the caller's error, as it was thrown", () => {
  const value = {
    get a(): number {
      throw new RangeError("no");
    },
  };
  assert.throws(
    () => codec.encode(value),
    (error: unknown) => error instanceof RangeError,
  );
});

test.run();
