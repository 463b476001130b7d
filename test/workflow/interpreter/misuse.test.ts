import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen, Op } from "../../../src/workflow/dsl/effect.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, FUEL, given, History, type Program, thrownBy, waits } from "./history.ts";

const test = suite("interpreter: misuse that the types refuse");

const pay = step("pay", (cents: number) => cents);

/** What plain JavaScript can write. */
const untyped = (run: unknown): Program => run as Program;

const thrown = (run: Program): string =>
  thrownBy(bodyOf(run, new History()).advance("owner", FUEL));

test("a bare yield of an effect is told to be a yield*", () => {
  const run = untyped(function* () {
    yield pay(1);
  });
  const told = /^RaftoralError: an effect is asked for by "yield\*": a bare "yield" of a step/;
  assert.match(thrown(run), told);
});

test("a yield of anything else is told what it is, and async work where it belongs", () => {
  const yields = (value: unknown): Program =>
    untyped(function* () {
      yield value;
    });
  const asks = 'RaftoralError: a workflow yields effects, by "yield*", not';
  assert.is(thrown(yields(undefined)), `${asks} Undefined`);
  assert.is(thrown(yields(null)), `${asks} Null`);
  assert.is(thrown(yields(5)), `${asks} Number`);
  assert.is(thrown(yields({ kind: "step", name: "pay" })), `${asks} Object`);
  const hint = ": between its effects it is synchronous; async code belongs in a step";
  assert.is(thrown(yields(Promise.resolve())), `${asks} Promise${hint}`);
});

test("misuse is thrown at its place: it can be caught, and takes no path", () => {
  const body = bodyOf(
    untyped(function* () {
      try {
        yield pay(1);
      } catch {
        yield* pay(2);
      }
    }),
    new History(),
  );
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["0"]);
});

test("a body that only misuses is paused by its fuel like any other", () => {
  const body = bodyOf(
    untyped(function* () {
      for (;;) {
        try {
          yield 1;
        } catch {}
      }
    }),
    new History(),
  );
  assert.equal(body.advance("owner", 1_000), { kind: "paused" });
});

test("a run that is no generator function has failed, and says why", () => {
  const expected = "RaftoralError: expected a generator (function*) or an effect, not";
  assert.is(thrown(untyped(() => 5)), `${expected} Number`);
  const hint = ": between its effects it is synchronous; async code belongs in a step";
  assert.is(thrown(untyped(async () => 5)), `${expected} Promise${hint}`);
  assert.is(thrown(untyped(async function* () {})), `${expected} AsyncGenerator${hint}`);
});

test("a branch that is neither generator nor effect fails like a branch", () => {
  const branches: readonly unknown[] = [5, null, () => 5, [pay(1)], Promise.resolve()];
  for (const branch of branches) {
    const run: Program = function* () {
      yield* all([branch as Op<unknown>]);
    };
    assert.match(thrown(run), /^RaftoralError: expected a generator/);
  }
});

test("a run may be an effect, and a branch too", () => {
  const run = untyped(() => checkpoint("mark", 5));
  assert.is(given(bodyOf(run, new History()).advance("owner", FUEL)), 5);
});

test("a generator object runs once: a second branch with it fails", () => {
  const run: Program = function* () {
    const branch = (function* (): Gen<number> {
      return yield* checkpoint("mark", 1);
    })();
    yield* all([branch, branch]);
  };
  assert.match(thrown(run), /a generator object runs once/);
});

test("an effect is a question that can be asked again: each time it has its own path", () => {
  const run: Program = function* () {
    const mark = checkpoint("mark", 1);
    const helper = function* (): Gen<number> {
      return yield* mark;
    };
    return [yield* mark, yield* mark, ...(yield* all([mark, helper, helper]))];
  };
  const body = bodyOf(run, new History());
  assert.equal(given(body.advance("owner", FUEL)), [1, 1, 1, 1, 1]);
  assert.equal(
    body.takeWrites().map(({ path }) => path),
    ["0", "1", "2.0.0", "2.1.0", "2.2.0"],
  );
});

test("rule 7: a branch that throws at once fails its group and cancels the rest", () => {
  const run: Program = function* () {
    yield* all([
      pay(1),
      () => {
        throw new RangeError("no branch");
      },
    ]);
  };
  assert.is(thrown(run), "RangeError: no branch");
});

test.run();
