import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { prng } from "../../../src/std/prng.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";
import { annotationsOf, checkKeys, checkMeta } from "../../../src/workflow/values/guard.ts";
import { randomValue } from "./random-values.ts";

const test = suite("values: what a decoder refuses");

const codec = createValueCodec();

const bytesOf = (tag: number, text: string): Uint8Array =>
  Uint8Array.from(Buffer.concat([Buffer.of(tag), Buffer.from(text)]));

const rich = (json: unknown, values: unknown, more: object = {}): Uint8Array =>
  bytesOf(2, JSON.stringify({ json, meta: { values, v: 1, ...more } }));

const isMalformed = (error: unknown): boolean =>
  error instanceof RaftoralError && error.code === "malformed";

function isRefused(bytes: Uint8Array, hint?: string): void {
  assert.throws(() => codec.decode(bytes), isMalformed, hint);
}

/** Why the guard itself refuses a payload, before superjson sees it. */
function reason(json: unknown, meta: unknown): string {
  try {
    checkMeta({ json, meta }, annotationsOf([]));
  } catch (error) {
    assert.ok(isMalformed(error));
    return error instanceof Error ? error.message : "";
  }
  return "nothing";
}

test("bytes of no known form are refused, and text that is no JSON or no UTF-8", () => {
  isRefused(new Uint8Array());
  isRefused(Uint8Array.of(4));
  isRefused(Uint8Array.of(0, 0));
  isRefused(bytesOf(1, ""));
  isRefused(bytesOf(1, "{"));
  isRefused(Uint8Array.of(1, 0x22, 0xff, 0x22));
  isRefused(Uint8Array.of(1, 0x22, ...new Array(40).fill(0xff), 0x22));
  isRefused(bytesOf(2, "{"));
});

test("a rich value without its types is refused", () => {
  for (const text of ["null", "5", "[]", "{}", '{"json":1}', '{"json":1,"meta":[]}']) {
    isRefused(bytesOf(2, text), text);
  }
});

test("a type that this library does not write is refused: no class, no RegExp, no symbol", () => {
  const types = [
    ["regexp"],
    ["Error"],
    ["class", "Money"],
    [["class", "Money"]],
    [["symbol", "x"]],
    [["custom", "other"]],
    [["typed-array", "Uint8Array"]],
    [],
    [5],
    ["set", ["regexp"]],
  ];
  for (const type of types) {
    assert.match(reason("/(a+)+$/", { values: type, v: 1 }), /^it has the type/);
    isRefused(rich("/(a+)+$/", type));
    isRefused(rich({ a: ["/x/"] }, { "a.0": type }));
  }
});

test("references are refused: this library writes values as trees", () => {
  const meta = { referentialEqualities: { a: ["b"] } };
  assert.is(reason({ a: 1, b: 2 }, meta), "types hold referentialEqualities");
  isRefused(rich({ a: {}, b: {} }, undefined, meta));
});

test("a path goes through a value's own parts alone", () => {
  const paths = [
    "__proto__",
    "__proto__.polluted",
    "a.__proto__.polluted",
    "constructor.prototype.polluted",
    "a.constructor",
    "missing",
    "a.b.c",
    "list.length",
    "list.1",
    "list.-1",
    "list.0.toString",
    "",
  ];
  for (const path of paths) {
    const json = { a: { b: 1 }, list: ["1"] };
    assert.is(reason(json, { values: { [path]: ["Date"] } }), "a type has no value", path);
    isRefused(
      bytesOf(2, `{"json":${JSON.stringify(json)},"meta":{"values":{"${path}":["Date"]}}}`),
    );
  }
  assert.is(Reflect.get({}, "polluted"), undefined);
});

test("a backslash makes a dot part of a key", () => {
  const json = { "a.b": "5", a: {} };
  assert.is(reason(json, { values: { "a\\.b": ["bigint"] } }), "nothing");
  assert.is(reason(json, { values: { "a.b": ["bigint"] } }), "a type has no value");
});

test("a tree of types that is none is refused", () => {
  for (const tree of [null, 5, "Date", true, { a: 5 }, { a: null }]) {
    assert.is(reason({ a: 1 }, { values: tree }), "its types are no tree");
  }
});

test("keys that must not reach an assignment are refused in both forms, escaped or not", () => {
  const keys = ["__proto__", "constructor", "prototype", "\\u005f_proto__", "c\\u006fnstructor"];
  for (const key of keys) {
    for (const json of [`{"${key}":1}`, `{"a":[{"${key}":{"polluted":1}}]}`]) {
      isRefused(bytesOf(1, json), json);
      isRefused(bytesOf(2, `{"json":${json},"meta":{"v":1}}`), json);
    }
  }
  assert.is(Reflect.get({}, "polluted"), undefined);
  assert.equal(codec.decode(bytesOf(1, '["__proto__","\\u005f"]')), ["__proto__", "_"]);
});

test("a type on a value of another kind is refused, or gives a value: nothing else", () => {
  const types = ["undefined", "bigint", "number", "Date", "set", "map", "URL"];
  const all = [...types.map((type) => [type]), [["custom", "error"]], [["custom", "bytes"]]];
  for (const json of [null, 5, "x", "", [], [1], [[1]], {}, { name: 1 }, true]) {
    for (const type of all) {
      try {
        codec.decode(rich(json, type));
      } catch (error) {
        assert.ok(isMalformed(error), String(error));
      }
    }
  }
});

test("crafted depth ends in a refusal, at once", () => {
  const depth = 50_000;
  const nested = (open: string, close: string, inner: string): string =>
    open.repeat(depth) + inner + close.repeat(depth);
  isRefused(bytesOf(2, `{"json":${nested("[", "]", "")},"meta":{"v":1}}`));
  isRefused(bytesOf(2, `{"json":1,"meta":{"values":${nested('["set",', "]", '["set"]')}}}`));
  isRefused(bytesOf(2, `{"json":1,"meta":{"values":${nested('{"a":', "}", "1")}}}`));
  const path = "a.".repeat(depth);
  isRefused(rich({ a: 1 }, { [path]: ["Date"] }));
  let deep: unknown = "__proto__";
  for (let i = 0; i < 1_000; i++) deep = [deep];
  assert.throws(() => checkKeys(deep, 0), /it is too deep/);
});

test("the law: whatever is encoded passes the guard", () => {
  const random = prng(3);
  for (let i = 0; i < 2_000; i++) codec.decode(codec.encode(randomValue(random, 5)));
  for (const wrap of [
    (value: unknown) => [value],
    (value: unknown) => ({ a: value }),
    (value: unknown) => new Map([[1, value]]),
    (value: unknown) => new Set([value]),
    (value: unknown) => new Error("x", { cause: value }),
    (value: unknown) => Object.assign(new Error("x"), { data: value }),
  ]) {
    let value: unknown = 1n;
    for (;;) {
      let bytes: Uint8Array;
      try {
        bytes = codec.encode(value);
      } catch {
        break;
      }
      codec.decode(bytes);
      value = wrap(value);
    }
  }
});

test("the law: a recorded value with one byte changed is a value or is refused", () => {
  const random = prng(4);
  for (let i = 0; i < 3_000; i++) {
    const bytes = Uint8Array.from(codec.encode(randomValue(random)));
    bytes[random.below(bytes.length)] = random.below(256);
    try {
      codec.decode(bytes);
    } catch (error) {
      assert.ok(isMalformed(error), String(error));
    }
  }
  assert.is(Reflect.get({}, "polluted"), undefined);
});

test.run();
