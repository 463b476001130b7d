import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WorkflowConflict } from "../../../src/errors.ts";
import type { Failure } from "../../../src/workflow/dsl/failure.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

const test = suite("values: failures");

const codec = createValueCodec();

const again = (thrown: unknown): Error => codec.decodeError(codec.encodeError(thrown));

test("an error crosses the log as data: name, message, stack, cause and own data", () => {
  const cause = Object.assign(new RangeError("below"), { at: new Date(5) });
  const error = Object.assign(new TypeError("above", { cause }), { cents: 5n });
  const failure = codec.encodeError(error);
  assert.equal([failure.name, failure.message, failure.stack], ["TypeError", "above", error.stack]);
  assert.is(failure.isFinal, undefined);
  const back = codec.decodeError(failure) as typeof error;
  assert.instance(back, Error);
  assert.equal([back.name, back.message, back.cents], ["TypeError", "above", 5n]);
  assert.is(back.stack, error.stack);
  const below = back.cause as typeof cause;
  assert.instance(below, Error);
  assert.equal([below.name, below.message, below.at], ["RangeError", "below", new Date(5)]);
  assert.equal(Object.keys(back), ["cents"]);
});

test("a library error keeps its code", () => {
  const back = again(new WorkflowConflict("taken")) as WorkflowConflict;
  assert.equal(
    [back.name, back.code, back.retryable],
    ["WorkflowConflict", "workflow-conflict", false],
  );
});

test("an error goes through twice and is the same data: a parent's failure is its child's", () => {
  const error = Object.assign(new Error("a", { cause: new Error("b", { cause: 5 }) }), { c: [1] });
  const once = codec.encodeError(error);
  assert.equal(codec.encodeError(codec.decodeError(once)), once);
  for (const thrown of [5, "text", { a: 1 }, null]) {
    const failure = codec.encodeError(thrown);
    const { stack: _, ...twice } = codec.encodeError(codec.decodeError(failure));
    assert.equal(twice, failure);
  }
});

test("what is thrown and no Error is an Error's cause", () => {
  const thrown: readonly (readonly [unknown, string])[] = [
    ["text", "text"],
    [5, "5"],
    [undefined, "undefined"],
    [null, "null"],
    [{ a: 1 }, '{"a":1}'],
    [["x"], '["x"]'],
  ];
  for (const [value, message] of thrown) {
    const back = again(value);
    assert.equal([back.name, back.message], ["NonErrorThrown", message]);
    assert.equal(back.cause, value);
  }
  assert.match(again(() => 1).message, /1/);
  assert.is(again(Symbol("x")).message, "Symbol(x)");
});

test("an error without a stack has the same words for one on every member", () => {
  const back = codec.decodeError({ name: "NoMoney", message: "none" });
  assert.is(back.stack, "NoMoney: none");
});

test("data that cannot be recorded is left out, property by property", () => {
  const error = Object.assign(new Error("x"), {
    kept: [1n],
    call: () => 1,
    large: "x".repeat(20_000),
    socket: new WeakMap(),
  });
  const back = again(error);
  assert.equal(Object.keys(back), ["kept"]);
  assert.equal(Reflect.get(back, "kept"), [1n]);
  const none = codec.encodeError(Object.assign(new Error("x"), { call: () => 1 }));
  assert.is(none.data, undefined);
});

test("a cause that cannot be recorded is told in words", () => {
  const failure = codec.encodeError(new Error("x", { cause: Symbol("why") }));
  assert.is(codec.decodeError(failure).cause, "Symbol(why)");
});

test("chains of causes end: in a circle, and where they are too long", () => {
  const circle = new Error("a");
  circle.cause = new Error("b", { cause: circle });
  assert.is(depthOf(codec.encodeError(circle)), 2);
  let chain = new Error("0");
  for (let i = 1; i < 100; i++) chain = new Error(`${i}`, { cause: chain });
  assert.ok(depthOf(codec.encodeError(chain)) <= 17);
});

function depthOf(failure: Failure): number {
  const { cause } = failure;
  return cause === undefined || "value" in cause ? 1 : 1 + depthOf(cause);
}

test("messages and stacks are cut: a failure is a hint, not a payload", () => {
  const error = new Error("m".repeat(100_000));
  const { message, stack = "" } = codec.encodeError(error);
  assert.is(message.length, 8_192);
  assert.is(stack.length, 8_192);
  assert.is(codec.encodeError("t".repeat(100_000)).message.length, 8_192);
});

test("nonRetryable makes a failure final, on the way back too", () => {
  for (const thrown of [
    Object.assign(new Error("x"), { nonRetryable: true }),
    { nonRetryable: true },
  ]) {
    const failure = codec.encodeError(thrown);
    assert.is(failure.isFinal, true);
    assert.is(Reflect.get(codec.decodeError(failure), "nonRetryable"), true);
  }
  for (const nonRetryable of [false, 1, "true"]) {
    assert.is(
      codec.encodeError(Object.assign(new Error("x"), { nonRetryable })).isFinal,
      undefined,
    );
  }
});

test("an error's data does not overwrite what it is", () => {
  const data = codec.encode({ name: "Other", message: "other", stack: "s", cause: 1, cents: 5 });
  const back = codec.decodeError({ name: "NoMoney", message: "none", data });
  assert.equal([back.name, back.message, back.cause], ["NoMoney", "none", undefined]);
  assert.is(Reflect.get(back, "cents"), 5);
});

test("whatever is thrown is encoded: nothing that an object does when it is read gets out", () => {
  const fails = (): never => {
    throw new Error("read");
  };
  const throwing = { get: fails };
  const error = Object.defineProperties(new Error("x"), {
    stack: throwing, // First: V8 makes the stack by the name when it is asked for.
    name: throwing,
    message: throwing,
    cause: throwing,
    data: { ...throwing, enumerable: true },
    nonRetryable: throwing,
  });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = [
    error,
    revoked.proxy,
    new Proxy({}, { getPrototypeOf: fails }),
    new Proxy(new Error("x"), { ownKeys: fails, get: fails, has: fails }),
    { toJSON: fails, toString: fails, [Symbol.toPrimitive]: fails },
    {
      toJSON: fails,
      get [Symbol.toStringTag]() {
        return fails();
      },
    },
    Object.assign(() => 1, { toString: fails }),
    Object.create(null),
  ];
  for (const [i, thrown] of hostile.entries()) {
    let failure: Failure | undefined;
    try {
      failure = codec.encodeError(thrown);
    } catch {}
    assert.ok(failure !== undefined, `hostile ${i}`);
    assert.instance(codec.decodeError(failure), Error);
  }
});

test.run();
