import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { type WorkflowDefinition, workflow } from "../../../src/workflow/dsl/define.ts";
import { log, now } from "../../../src/workflow/dsl/derived.ts";
import { askedEffect, opEffect } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute, effects, step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint, variable } from "../../../src/workflow/dsl/write-behind.ts";

const test = suite("dsl: definitions");

const refusedWith =
  (message: RegExp) =>
  (error: unknown): boolean =>
    error instanceof RaftoralError &&
    error.code === "invalid-argument" &&
    message.test(error.message);

/** What plain JavaScript can write. */
const untyped = <T>(value: unknown): T => value as T;

const run = function* () {
  yield* sleep(1);
};

test("a workflow is plain, frozen data; its version is 1 unless it says another", () => {
  const order = workflow({ name: "order", run });
  assert.equal(order, { name: "order", version: 1, run });
  assert.ok(Object.isFrozen(order));
  assert.is(workflow({ name: "order", version: 7, run }).version, 7);
});

test("a workflow's version is a whole number from 1 on, and its run a function", () => {
  for (const version of [0, -1, 1.5, Number.NaN, Infinity, "1", null]) {
    const definition = untyped<WorkflowDefinition<void, void>>({ name: "order", version, run });
    assert.throws(() => workflow(definition), refusedWith(/^the version of order is a whole/));
  }
  for (const bad of [undefined, {}, run()]) {
    const definition = untyped<WorkflowDefinition<void, void>>({ name: "order", run: bad });
    assert.throws(() => workflow(definition), refusedWith(/^the run of order is a generator/));
  }
});

test("every name is a text of 1 to 200 characters, checked where it is written", () => {
  const takers: readonly (readonly [string, (name: string) => unknown])[] = [
    ["workflow", (name) => workflow({ name, run })],
    ["step", (name) => step(name, () => 1)],
    ["compute", (name) => compute(name, () => 1)],
    ["step", (name) => effects<object>().step(name, () => 1)],
    ["compute", (name) => effects<object>().compute(name, () => 1)],
    ["checkpoint", (name) => checkpoint(name, 1)],
    ["variable", (name) => variable(name, 1)],
  ];
  for (const [what, take] of takers) {
    const message = new RegExp(`^the name of a ${what} is a text of 1 to 200 characters, not`);
    for (const name of ["", "x".repeat(201), undefined, 5, Symbol("x"), {}]) {
      assert.throws(() => take(untyped(name)), refusedWith(message));
    }
    for (const name of ["x", "x".repeat(200), "ä b.c/d@1", "__proto__"]) take(name);
  }
});

test("the body of a step or a compute is a function", () => {
  for (const body of [undefined, 5, Promise.resolve()]) {
    const bad = untyped<() => number>(body);
    assert.throws(() => step("pay", bad), refusedWith(/^the body of "pay" is a function/));
    assert.throws(() => compute("pay", bad), refusedWith(/^the body of "pay" is a function/));
  }
});

test("a step's and a compute's options are checked where they are written", () => {
  const options = { retry: { attempts: 0 } };
  assert.throws(() => step("pay", () => 1, options), refusedWith(/^retry\.attempts/));
  assert.throws(() => compute("pay", () => 1, options), refusedWith(/^retry\.attempts/));
});

test("a step is defined once and called with its input; it knows its name", () => {
  const pay = step("pay", (cents: number) => cents, { timeout: "1s" });
  assert.is(pay.stepName, "pay");
  assert.ok(Object.isFrozen(pay));
  const effect = opEffect(pay(5));
  assert.is(effect?.kind, "step");
  if (effect?.kind !== "step") return;
  assert.equal([effect.name, effect.input, effect.options], ["pay", 5, { timeout: "1s" }]);
});

test("a compute's body gets fx alone", () => {
  const effect = opEffect(compute("draw", (fx) => [fx]));
  if (effect?.kind !== "compute") throw new Error("no compute");
  const fx = untyped<Parameters<typeof effect.body>[1]>({ attempt: 1 });
  assert.equal(effect.body(undefined, fx), [fx]);
});

test("branches are labelled by index or key, and only arrays and records are taken", () => {
  const labels = (value: unknown): unknown => {
    const effect = opEffect(value);
    if (effect?.kind !== "all" && effect?.kind !== "race") return;
    return [effect.kind, effect.isTuple, effect.branches.map(({ label }) => label)];
  };
  assert.equal(labels(all([sleep(1), sleep(2)])), ["all", true, ["0", "1"]]);
  assert.equal(labels(race({ b: sleep(1), a: sleep(2) })), ["race", false, ["b", "a"]]);
  for (const combine of [all, race]) {
    for (const branches of [undefined, null, 5, "ab"]) {
      const message = /takes an array or a record of branches/;
      assert.throws(() => combine(untyped<[]>(branches)), refusedWith(message));
    }
  }
  assert.throws(() => race([]), refusedWith(/^race takes at least one branch/));
});

test("an effect is asked for by yield*, once for each, and gives what it is answered", () => {
  const effect = sleep(5);
  for (let i = 0; i < 2; i++) {
    const asking = effect[Symbol.iterator]();
    const asked = asking.next();
    assert.is(asked.done, false);
    assert.equal(askedEffect(asked.value), { kind: "sleep", durationMs: 5 });
    assert.equal(asking.next("answer"), { done: true, value: "answer" });
  }
});

test("what was thrown into an effect comes out of its yield*", () => {
  const asking = sleep(5)[Symbol.iterator]();
  asking.next();
  assert.throws(() => asking.throw?.(new RangeError("no")), /no/);
});

test("an effect that was only yielded is told apart, and nothing else is an effect", () => {
  assert.is(askedEffect(sleep(5)), undefined);
  assert.is(opEffect(sleep(5)[Symbol.iterator]()), undefined);
  for (const value of [undefined, null, 5, "sleep", {}, { kind: "sleep", durationMs: 5 }, now]) {
    assert.is(opEffect(value), undefined);
    assert.is(askedEffect(value), undefined);
  }
  assert.is(sleep(5).kind, "sleep");
});

test("log is log.info, and its fields are its own", () => {
  const effect = { kind: "log", level: "info", message: "paid", fields: {} };
  assert.equal(opEffect(log("paid")), effect);
  assert.equal(opEffect(log.info("paid")), effect);
  for (const level of ["debug", "warn", "error"] as const) {
    const said = opEffect(log[level]("paid", { cents: 5 }));
    assert.equal(said, { kind: "log", level, message: "paid", fields: { cents: 5 } });
  }
});

test.run();
