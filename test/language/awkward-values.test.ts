import {
  type AnySchema,
  checkpoint,
  child,
  compute,
  connect,
  memoryNetwork,
  receive,
  signal,
  startNode,
  step,
  type ValueType,
  valueType,
  workflow,
} from "raftoral";
import { TestEngine } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createValueCodec } from "../../src/workflow/values/codec.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { handMade } from "./hand-made-schema.ts";

/** Schemas, codecs and types as nobody should write them: typed errors, and nothing is proposed. */
const test = suite("language: awkward schemas, codecs and types");

const untyped = <T>(value: unknown): T => value as T;

const withInput = (input: AnySchema) =>
  workflow({
    name: "flow",
    input,
    run: function* (value) {
      return yield* checkpoint("value", value);
    },
  });

const thrower = (): never => {
  throw new Error("not today");
};

/** How a start, a signal and a child fare with a schema that gives this. */
const AWKWARD: Readonly<Record<string, readonly [() => unknown, string]>> = {
  "makes a function": [() => ({ value: () => 1 }), "unserializable"],
  "makes a class": [() => ({ value: new (class Odd {})() }), "unserializable"],
  "makes too much": [() => ({ value: "x".repeat(1_100_000) }), "payload-too-large"],
  "has issues that throw": [
    () => ({
      get issues() {
        return thrower();
      },
    }),
    "schema-failed",
  ],
  "has an issue that throws": [
    () => ({
      issues: [
        {
          get message() {
            return thrower();
          },
        },
      ],
    }),
    "schema-failed",
  ],
  "has a message without a text": [
    () => ({ issues: [{ message: Object.create(null) }] }),
    "schema-failed",
  ],
  "has no issue in its issues": [() => ({ issues: [] }), "input-invalid"],
  "has an issue that is none": [() => ({ issues: [undefined, 7] }), "input-invalid"],
  "has a value and issues": [() => ({ value: 1, issues: [{ message: "no" }] }), "input-invalid"],
};

for (const [what, [validate, code]] of Object.entries(AWKWARD)) {
  test(`a schema that ${what} is ${code}, for whoever brings the value`, async () => {
    const input = handMade<number, unknown>(validate);
    const flow = withInput(input);
    const note = signal("note", { input });
    const parent = workflow({
      name: "parent",
      run: function* () {
        try {
          yield* child(flow, 1);
        } catch (error) {
          return Object(error).code;
        }
        yield* receive(note);
        return "nothing was thrown";
      },
    });
    const engine = await TestEngine.create({ workflows: [flow, parent] });
    assert.is(await codeOf(() => engine.start(flow, 1)), code);
    const run = await engine.start(parent);
    assert.is(await codeOf(() => run.signal(note, 1)), code);
    assert.is(await run.result(), code);
    assert.is(engine.runs(flow).length, 0);
  });
}

test("a schema whose promise is no promise is waited for, or not at all", async () => {
  const thenable = (then: unknown): AnySchema => handMade<number>(() => ({ then }));
  const good = thenable((resolve: (result: unknown) => void) => resolve({ value: 7 }));
  const bad = thenable(thrower);
  const engine = await TestEngine.create({ workflows: [withInput(good)] });
  assert.is(await (await engine.start(withInput(good), 1)).result(), 7);
  assert.is(await codeOf(() => engine.start(withInput(bad), 1)), "schema-failed");
  for (const flow of [withInput(good), withInput(bad)]) {
    const parent = workflow({
      name: "parent",
      run: function* () {
        yield* child(flow, 1);
      },
    });
    const other = await TestEngine.create({ workflows: [flow, parent] });
    const error = await other
      .start(parent)
      .then((run) => run.result())
      .catch(({ cause }) => cause.code);
    assert.is(error, "schema-failed");
  }
});

test("a schema that throws when it is looked at, or null for options, is refused", async () => {
  const trap = untyped<AnySchema>({
    get "~standard"() {
      return thrower();
    },
  });
  assert.is(await codeOf(() => withInput(trap)), "invalid-argument");
  assert.is(
    await codeOf(() => signal("a", untyped<{ input: AnySchema }>(null))),
    "invalid-argument",
  );
  assert.is(await codeOf(() => step("a", () => 1, untyped<object>(null))), "invalid-argument");
  assert.is(await codeOf(() => compute("a", () => 1, untyped(null))), "invalid-argument");
  assert.is(
    await codeOf(() => valueType(untyped<{ name: ""; class: never }>(null))),
    "invalid-argument",
  );
});

test("a schema that changes what it was given changes no hash: the start is the same", async () => {
  const changing = handMade<{ n: number }>((value) => {
    Object(value).n++;
    return { value };
  });
  const node = await startNode({ workflows: [withInput(changing)], logLevel: "silent" });
  try {
    const first = await node.start(withInput(changing), { n: 1 }, { id: "a" });
    assert.equal(await first.result(), { n: 2 });
    const again = await node.start(withInput(changing), { n: 1 }, { id: "a" });
    assert.equal(await again.result(), { n: 2 });
  } finally {
    await node.stop();
  }
});

test("codecs and types of a wrong kind are refused wherever they are given", async () => {
  const network = memoryNetwork();
  const node = await startNode({ workflows: [], network, boot: "bootstrap", logLevel: "silent" });
  try {
    for (const codec of [null, "aes", 7, {}, { name: "a" }, () => new Uint8Array()]) {
      const given = { codec: untyped<never>(codec) };
      assert.is(await codeOf(() => startNode({ workflows: [], ...given })), "invalid-argument");
      assert.is(await codeOf(() => connect({ network, ...given })), "invalid-argument");
      assert.is(
        await codeOf(() => TestEngine.create({ workflows: [], ...given })),
        "invalid-argument",
      );
    }
    for (const types of ["money", 7, {}, [null], ["money"], [{ name: "money" }]]) {
      const given = { types: untyped<never>(types) };
      assert.is(await codeOf(() => startNode({ workflows: [], ...given })), "invalid-argument");
      assert.is(await codeOf(() => connect({ network, ...given })), "invalid-argument");
      assert.is(
        await codeOf(() => TestEngine.create({ workflows: [], ...given })),
        "invalid-argument",
      );
    }
  } finally {
    await node.stop();
  }
});

test("a codec may be an instance of a class, with fields of its own", async () => {
  class Xor {
    readonly name = "xor";
    readonly key = 0x55;
    encode(bytes: Uint8Array): Uint8Array {
      return bytes.map((byte) => byte ^ this.key);
    }
    decode(bytes: Uint8Array): Uint8Array {
      return this.encode(bytes);
    }
  }
  const flow = withInput(handMade<number>((value) => ({ value })));
  const engine = await TestEngine.create({ workflows: [flow], codec: new Xor() });
  assert.is(await (await engine.start(flow, 5)).result(), 5);
});

test("a type that takes everything as its own takes nothing that has a form, in any order", () => {
  class Odd {}
  const all = (name: string): ValueType =>
    valueType({
      name,
      isApplicable: (_value): _value is object => true,
      serialize: () => name,
      deserialize: () => new Odd(),
    });
  const [a, b] = [all("a"), all("b")];
  const plain = createValueCodec();
  const forth = createValueCodec({ types: [a, b] });
  const back = createValueCodec({ types: [b, a] });
  for (const value of [{ x: [1, new Date(1), new Map()] }, new Uint8Array(3), new URL("a:b")]) {
    assert.equal(forth.encode(value), plain.encode(value));
  }
  assert.equal(forth.encode(new Odd()), back.encode(new Odd()));
  assert.is(forth.hash(new Odd()), back.hash(new Odd()));
});

test("a type that cannot read what is recorded sets the run aside; others live", async () => {
  class Price {
    readonly cents: number;
    constructor(cents: number) {
      this.cents = cents;
    }
  }
  let isBroken = false;
  const price = valueType({
    name: "price",
    isApplicable: (value): value is Price => value instanceof Price,
    serialize: ({ cents }) => cents,
    deserialize: (cents) => (isBroken ? thrower() : new Price(cents)),
  });
  const pay = step("pay", ({ cents }: Price) => cents);
  const flow = workflow({
    name: "flow",
    run: function* (given: Price) {
      return (yield* pay(given)) + (yield* checkpoint("price", new Price(1))).cents;
    },
  });
  const node = await startNode({ workflows: [flow], types: [price], logLevel: "silent" });
  try {
    assert.is(await (await node.start(flow, new Price(4))).result(), 5);
    isBroken = true;
    const run = await node.start(flow, new Price(4));
    for await (const { status } of run.watch()) if (status !== "running") break;
    const { status, divergence } = await run.describe();
    assert.is(status, "parked");
    assert.match(divergence?.reason ?? "", /the type "price" threw when it read/);
    isBroken = false;
    await run.resume();
    assert.is(await run.result(), 5);
  } finally {
    await node.stop();
  }
});

test.run();
