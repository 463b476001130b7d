import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { utf8 } from "../../../src/std/bytes.ts";
import { type ValueType, valueType } from "../../../src/workflow/dsl/value-type.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

/** Types of the user's own cross the log as what they are; what is not registered does not. */
const test = suite("values: types of the user's own");

class Money {
  readonly cents: bigint;
  readonly currency: string;
  constructor(cents: bigint, currency: string) {
    this.cents = cents;
    this.currency = currency;
  }
  get text(): string {
    return `${this.cents} ${this.currency}`;
  }
}
class Euro extends Money {}
class Range {
  readonly #from: Date;
  readonly #to: Money | undefined;
  constructor(from: Date, to?: Money) {
    this.#from = from;
    this.#to = to;
  }
  get parts(): readonly [Date, Money | undefined] {
    return [this.#from, this.#to];
  }
}
class Declined extends Error {
  readonly code = 402;
}
class Bag extends Map<string, unknown> {}

const money = valueType({ name: "money", class: Money });
const range = valueType({
  name: "range",
  isApplicable: (value): value is Range => value instanceof Range,
  serialize: ({ parts }) => parts,
  deserialize: ([from, to]) => new Range(from, to),
});
const declined = valueType({
  name: "declined",
  isApplicable: (value): value is Declined => value instanceof Declined,
  serialize: ({ message }) => message,
  deserialize: (message) => new Declined(message),
});
const bag = valueType({
  name: "bag",
  isApplicable: (value): value is Bag => value instanceof Bag,
  serialize: (value) => new Map(value),
  deserialize: (map) => new Bag(map),
});
const pattern = valueType({
  name: "pattern",
  isApplicable: (value): value is RegExp => value instanceof RegExp,
  serialize: ({ source, flags }) => ({ source, flags }),
  deserialize: ({ source, flags }) => new RegExp(source, flags),
});
const types = [money, range, declined, bag, pattern];
const codec = createValueCodec({ types });
const plain = createValueCodec();

const failure = (act: () => unknown): RaftoralError => {
  try {
    act();
  } catch (error) {
    if (error instanceof RaftoralError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

test("they come back as what they are, wherever they stand and whatever they hold", () => {
  const five = new Money(5n, "EUR");
  const back = codec.decode(codec.encode({ five, list: [new Map([["a", five]])] })) as {
    five: Money;
    list: [Map<string, Money>];
  };
  assert.instance(back.five, Money);
  assert.equal([back.five.text, back.list[0].get("a")?.text], ["5 EUR", "5 EUR"]);
  const { parts } = codec.decode(codec.encode(new Range(new Date(7), five))) as Range;
  assert.equal([parts[0], parts[1]?.text], [new Date(7), "5 EUR"]);
  assert.equal((codec.decode(codec.encode(new Range(new Date(7)))) as Range).parts[1], undefined);
  const error = codec.decode(codec.encode({ of: new Declined("no") })) as { of: Declined };
  assert.instance(error.of, Declined);
  assert.equal([error.of.message, error.of.code], ["no", 402]);
  const full = new Bag([
    ["range", new Range(new Date(1), five)],
    ["bag", new Bag([["n", 1n]])],
  ]);
  const emptied = codec.decode(codec.encode(full)) as Bag;
  assert.instance(emptied.get("bag"), Bag);
  assert.is((emptied.get("bag") as Bag).get("n"), 1n);
  assert.is((emptied.get("range") as Range).parts[1]?.cents, 5n);
  assert.equal(codec.decode(codec.encode(/a.b/gi)), /a.b/gi);
});

test("errors beside a registered one, and all that JSON knows, keep their forms", () => {
  for (const value of [{ a: [1, "b", null] }, new Map([[1, { b: 2 }]]), new Set([1n]), undefined]) {
    assert.equal(codec.encode(value), plain.encode(value));
    assert.is(codec.hash(value), plain.hash(value));
  }
  const other = codec.decode(codec.encode({ e: new RangeError("far") })) as { e: Error };
  assert.equal([other.e.name, other.e instanceof Declined], ["RangeError", false]);
});

test("equal values have equal hashes; other values and other types have others", () => {
  const hashes = [
    new Money(5n, "EUR"),
    new Money(6n, "EUR"),
    { cents: 5n, currency: "EUR" },
    new Range(new Date(5)),
    new Bag([["cents", 5n]]),
  ].map((value) => codec.hash(value));
  assert.is(new Set(hashes).size, hashes.length);
  assert.is(codec.hash(new Money(5n, "EUR")), hashes[0]);
});

test("a class stands for its own instances alone: others would come back as it", () => {
  assert.is(failure(() => codec.encode(new Euro(5n, "EUR"))).code, "unserializable");
  assert.match(failure(() => codec.encode({ a: new Euro(5n, "EUR") })).message, /\$\.a.*Euro/);
});

test("what is not registered is neither written nor read", () => {
  const unknown = failure(() => plain.encode({ price: new Money(5n, "EUR") }));
  assert.is(unknown.code, "unserializable");
  assert.match(unknown.message, /\$\.price .*Money.*startNode\(\{ types \}\)/);
  const written = codec.encode(new Money(5n, "EUR"));
  const unread = failure(() => plain.decode(written));
  assert.is(unread.code, "malformed");
  assert.match(unread.message, /type custom money/);
  for (const name of ["class money", "custom toString", "custom __proto__", "symbol", "regexp"]) {
    const [kind, of] = name.split(" ");
    const annotation = of === undefined ? [kind] : [[kind, of]];
    const text = JSON.stringify({ json: { json: 1 }, meta: { values: annotation, v: 1 } });
    const bytes = Uint8Array.from([2, ...utf8(text)]);
    assert.is(failure(() => codec.decode(bytes)).code, "malformed", name);
  }
});

test("a crafted form inside of a type's is checked like any other", () => {
  const forms: readonly unknown[] = [
    1,
    null,
    [],
    {},
    { json: { a: 1 }, values: { a: ["regexp"] } },
    { json: [1], values: { length: ["bigint"] } },
    { json: [1], values: { "9": ["Date"] } },
    { json: { a: 1 }, values: { "a.constructor": ["Date"] } },
    { json: 1, values: [["custom", "absent"]] },
    { json: { json: 1 }, values: [["custom", "money"], { a: "deep" }] },
  ];
  for (const form of forms) {
    const text = JSON.stringify({ json: form, meta: { values: [["custom", "bag"]], v: 1 } });
    const bytes = Uint8Array.from([2, ...utf8(text)]);
    assert.is(failure(() => codec.decode(bytes)).code, "malformed", JSON.stringify(form));
  }
  const proto =
    '{"json":{"json":{"__proto__":{"a":1}}},"meta":{"values":[["custom","money"]],"v":1}}';
  const bytes = Uint8Array.from([2, ...utf8(proto)]);
  assert.is(failure(() => codec.decode(bytes)).code, "malformed");
});

test("types in types take time by their length, not by their depth", () => {
  class Box {
    readonly inner: unknown;
    constructor(inner: unknown) {
      this.inner = inner;
    }
  }
  const own = createValueCodec({ types: [valueType({ name: "box", class: Box })] });
  const boxed = (levels: number): unknown => {
    let value: unknown = Array.from({ length: 40_000 }, (_, i) => `${i}`);
    for (let i = 0; i < levels; i++) value = new Box(value);
    return value;
  };
  const cost = (levels: number): number => {
    const bytes = own.encode(boxed(levels));
    const before = process.cpuUsage();
    for (let i = 0; i < 5; i++) own.decode(bytes);
    return process.cpuUsage(before).user;
  };
  cost(1);
  const [shallow, deep] = [cost(2), cost(45)];
  assert.ok(deep < 5 * shallow, `${shallow} µs for 2 levels, ${deep} µs for 45`);
  assert.is(failure(() => own.encode(boxed(60))).code, "unserializable");
});

test("a type that misbehaves is a typed error with the value's place", () => {
  class Odd {}
  const odd = (more: object): ValueType =>
    valueType({
      name: "odd",
      isApplicable: (value): value is Odd => value instanceof Odd,
      serialize: (): unknown => 1,
      deserialize: () => new Odd(),
      ...more,
    });
  const thrower = (): never => {
    throw new Error("not today");
  };
  const itself = (value: unknown): unknown => value;
  const cases: Record<string, readonly [ValueType, RegExp]> = {
    undefined: [odd({ serialize: () => undefined }), /serializes it to nothing/],
    throws: [odd({ serialize: thrower }), /the type "odd" threw/],
    itself: [odd({ serialize: itself }), /to itself/],
    another: [odd({ serialize: () => new Odd() }), /too deep/],
    function: [odd({ serialize: () => () => 1 }), /it is a function/],
    promise: [odd({ serialize: async () => 1 }), /it is a promise/],
    asked: [odd({ isApplicable: thrower }), /a type threw when it was asked/],
  };
  for (const [name, [type, why]] of Object.entries(cases)) {
    const own = createValueCodec({ types: [type] });
    for (const act of [
      () => own.encode({ at: [new Odd()] }),
      () => own.hash({ at: [new Odd()] }),
    ]) {
      const error = failure(act);
      assert.is(error.code, "unserializable", name);
      assert.match(error.message, why, name);
      assert.match(error.message, /^\$\.at\[0\]/, name);
    }
  }
  const good = createValueCodec({ types: [odd({})] }).encode(new Odd());
  for (const deserialize of [thrower, () => undefined, () => 1, async () => new Odd()]) {
    const own = createValueCodec({ types: [odd({ deserialize })] });
    assert.is(failure(() => own.decode(good)).code, "malformed", String(deserialize));
  }
});

test("a type that cannot be registered is refused where it is made, or given", () => {
  const functions = {
    isApplicable: (value: object): value is Money => value instanceof Money,
    serialize: () => 1,
    deserialize: () => new Money(1n, "EUR"),
  };
  const bad: readonly object[] = [
    { name: "", ...functions },
    { name: "error", ...functions },
    { name: "bytes", ...functions },
    { name: "toString", ...functions },
    { name: "__proto__", ...functions },
    { name: "two words", ...functions },
    { name: "a@1", ...functions },
    { name: "x", version: 0, ...functions },
    { name: "x", version: 1.5, ...functions },
    { name: "x", ...functions, serialize: "toJSON" },
    { name: "x", class: Object },
    { name: "x", class: () => {} },
    { name: "x", class: Money, allow: ["cents"] },
    { name: "x", ...functions, symbol: true },
  ];
  for (const definition of bad) {
    const act = (): unknown => valueType(definition as Parameters<typeof valueType>[0]);
    assert.is(failure(act).code, "invalid-argument", JSON.stringify(definition));
  }
  const twice = [money, valueType({ name: "money", class: Range })];
  assert.match(
    failure(() => createValueCodec({ types: twice })).message,
    /two types have this name/,
  );
  const raw = [{ name: "raw" }] as unknown as readonly ValueType[];
  assert.is(failure(() => createValueCodec({ types: raw })).code, "invalid-argument");
  const many = Array.from({ length: 101 }, (_, i) => valueType({ name: `t${i}`, class: Money }));
  assert.is(failure(() => createValueCodec({ types: many })).code, "invalid-argument");
});

test("properties beside the elements of bytes are refused, however many elements there are", () => {
  for (const Type of [Uint8Array, Float64Array, BigInt64Array, Uint8ClampedArray]) {
    for (const length of [0, 3, 1_000]) {
      const bytes = new Type(length);
      assert.equal(plain.decode(plain.encode(bytes)), bytes);
      Object.assign(bytes, { note: "lost" });
      const error = failure(() => plain.encode({ bytes }));
      assert.is(error.code, "unserializable", `${Type.name} ${length}`);
      assert.match(error.message, /\$\.bytes .*own properties would be lost/);
    }
  }
  for (const bytes of [Buffer.alloc(3), Buffer.alloc(1_000), new ArrayBuffer(8)]) {
    plain.encode(bytes);
    assert.is(
      failure(() => plain.encode(Object.assign(bytes, { note: 1 }))).code,
      "unserializable",
    );
  }
  const view = new Float64Array(200).fill(Number.NaN).subarray(7, 190);
  assert.is(plain.hash(plain.decode(plain.encode(view))), plain.hash(view));
});

test.run();
