import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Unserializable } from "../../../src/errors.ts";
import { prng } from "../../../src/std/prng.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";
import { randomValue, reordered } from "./random-values.ts";

const test = suite("values: hashes");

const codec = createValueCodec();
const { hash } = codec;

test("the hash of a value is 128 bits as hex, and fixed for ever", () => {
  assert.match(hash(undefined), /^[0-9a-f]{32}$/);
  const known = [undefined, 0, "pay", { a: [1n, null] }, new Map([[1, new Date(1)]])].map(hash);
  assert.equal(known, [
    "00ee17fa1f1515ace4ea1c7f2610d3b0",
    "72c809d6d495d0fcc1a2e6a1476efd00",
    "ec39aa2a069830d47cf77ab12e3015af",
    "ce97b1c6198f49511c7eff2c0b0e615a",
    "cd9dce31f394f9b97290f35161047fcf",
  ]);
});

test("the order of keys, of a Map's entries and of a Set's elements is nothing", () => {
  assert.is(hash({ a: 1, b: { c: 2, d: 3 } }), hash({ b: { d: 3, c: 2 }, a: 1 }));
  assert.is(
    hash(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    ),
    hash(
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
    ),
  );
  assert.is(hash(new Set(["a", "b"])), hash(new Set(["b", "a"])));
  assert.is(hash(new Set([{ a: 1, b: 2 }, 5])), hash(new Set([5, { b: 2, a: 1 }])));
  assert.is.not(hash(["a", "b"]), hash(["b", "a"]));
});

test("values that differ have hashes that differ: of one kind, and across kinds", () => {
  const values = [
    ...[undefined, null, false, true, 0, -0, 1, Number.NaN, Infinity, -Infinity, 0.1, 2 ** 32],
    ...[0n, 1n, -1n, "", "0", "1", "null", "true", "NaN", "undefined", "[]", "a", "b", "ab", "ba"],
    ...[[], [[]], [0], [-0], [undefined], [null], ["a", "b"], ["ab"], ["ab", ""], ["", "ab"]],
    ...[{}, { a: undefined }, { a: null }, { a: 1 }, { b: 1 }, { a: "1" }, { a: { b: 1 } }],
    ...[{ a: 1, b: 2 }, { a: 2, b: 1 }, { ab: 1 }, { 0: "a" }, { length: 0 }, { "a.b": 1 }],
    ...[new Map(), new Map([["a", 1]]), new Map([[1, "a"]]), new Map([["a", "1"]])],
    ...[new Set(), new Set([1]), new Set(["1"]), new Set([[1]]), new Set([["a", 1]])],
    ...[new Date(0), new Date(1), new URL("https://a.example"), "https://a.example/"],
    ...[new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 0), Int8Array.of(0), Buffer.of(0)],
    ...[Uint8Array.of(0).buffer, new Error("a"), new Error("b"), new TypeError("a")],
    ...[new Error("a", { cause: 1 }), Object.assign(new Error("a"), { cents: 1 })],
  ];
  const hashes = new Map(values.map((value) => [hash(value), value]));
  assert.is(hashes.size, values.length);
});

test("the law: hashes are equal exactly where values are (20,000 pairs)", () => {
  const random = prng(1);
  const known = new Map<string, unknown>();
  let equal = 0;
  for (let i = 0; i < 20_000; i++) {
    const value = randomValue(random);
    const at = hash(value);
    if (known.has(at)) {
      equal++;
      assert.ok(isDeepStrictEqual(known.get(at), value), at);
    }
    known.set(at, value);
  }
  const values = [...known.values()].slice(0, 300);
  for (const a of values) {
    for (const b of values) assert.is(hash(a) === hash(b), isDeepStrictEqual(a, b));
  }
  assert.ok(equal > 1_000 && known.size > 1_000);
});

test("the law: a value comes back with its hash, in whatever order it was built", () => {
  const random = prng(2);
  for (let i = 0; i < 5_000; i++) {
    const value = randomValue(random);
    const back = codec.decode(codec.encode(value));
    assert.ok(isDeepStrictEqual(back, value));
    assert.is(hash(back), hash(value));
    assert.is(hash(reordered(value)), hash(value));
  }
});

test("an error comes back with its hash: its class and its stack are not in it", () => {
  class NoMoney extends Error {
    override readonly name = "NoMoney";
    readonly cents = 5;
  }
  const errors = [
    new Error("a", { cause: new TypeError("b") }),
    new NoMoney("c"),
    new AggregateError([new Error("d")], "e"),
  ];
  for (const error of errors) {
    assert.is(hash(codec.decode(codec.encode(error))), hash(error));
  }
  assert.is(hash(new Error("a")), hash(new Error("a")));
});

test("what cannot be recorded has no hash", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [() => 1, Symbol("a"), { a: [/x/] }, new Map([[1, new WeakMap()]]), cycle]) {
    assert.throws(
      () => hash(value),
      (error: unknown) => error instanceof Unserializable,
    );
  }
});

test.run();
