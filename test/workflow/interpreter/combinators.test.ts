import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, allSettled, any, map } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { fail } from "../../../src/workflow/dsl/ending.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, FUEL, given, History, last, own, stepAt, thrownBy, waits } from "./history.ts";

const test = suite("interpreter: combinators");

const pay = step("pay", (item: string) => item);

function* failing(message: string): Gen<never> {
  yield* sleep(1);
  throw new Error(message);
}

test("allSettled gives how each branch ended, tuple and record", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const tuple = yield* allSettled([pay("a"), failing("no"), checkpoint("c", 0)]);
    const record = yield* allSettled({ x: pay("b"), y: failing("") });
    const words = [...tuple, record.x, record.y].map((end) =>
      end.status === "fulfilled" ? end.value : (end.reason as Error).message,
    );
    return words;
  }, history);
  const words = given(own(body, history, ({ call }) => call?.input));
  assert.equal(words, ["a", "no", 0, "b", ""]);
});

test("any gives the first value and forgets failures; when all fail it tells each", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const won = yield* any({ a: failing("no"), b: pay("b") });
    try {
      yield* any([failing("first"), failing("")]);
    } catch (error) {
      const errors = error instanceof AggregateError ? error.errors : [];
      return [won, errors.map((each: Error) => each.message), (error as Error).message];
    }
    return won;
  }, history);
  assert.equal(given(own(body, history, ({ call }) => call?.input)), [
    { tag: "b", value: "b" },
    ["first", ""],
    "no branch gave a value: 0: first; 1: ",
  ]);
});

test("all([]), allSettled([]) and map([]) end at once; any([]) cannot", () => {
  const body = bodyOf(function* () {
    return [yield* all([]), yield* allSettled([]), yield* allSettled({}), yield* map([], pay)];
  }, new History());
  assert.equal(given(body.advance("owner", FUEL)), [[], [], {}, []]);
  assert.throws(() => any([]), /at least one branch/);
});

test("map keeps results at their items, in any order of ends, and names branches by index", () => {
  const items = ["a", "b", "c", "d"];
  for (const concurrency of [1, 2, 3, 4, Number.POSITIVE_INFINITY]) {
    const history = new History();
    const body = bodyOf(function* () {
      return yield* map(items, (item, index) => pay(`${item}${index}`), { concurrency });
    }, history);
    const advance = own(body, history, ({ call }) => call?.input, last);
    assert.equal(given(advance), ["a0", "b1", "c2", "d3"], `concurrency ${concurrency}`);
    const paths = history.inputs.flatMap((i) => (i.kind === "outcome" ? [i.effect.path] : []));
    assert.equal([...paths].sort(), ["0.0.0", "0.1.0", "0.2.0", "0.3.0"]);
  }
});

test("two branches that map one step over a list never swap results", () => {
  const history = new History();
  const items = ["a", "b", "c"];
  const body = bodyOf(function* () {
    return yield* all([map(items, pay), map([...items].reverse(), pay)]);
  }, history);
  const answers = given(own(body, history, ({ call }) => call?.input, last));
  assert.equal(answers, [
    ["a", "b", "c"],
    ["c", "b", "a"],
  ]);
  // The same place with another item is another effect: told, never answered with its result.
  const swapped = bodyOf(function* () {
    return yield* all([map([...items].reverse(), pay), map(items, pay)]);
  }, history);
  const advance = swapped.advance("replay", FUEL);
  assert.match(advance.kind === "diverged" ? advance.divergence.reason : "", /another input/);
});

test("map has no more under way than it may, and begins none after a failure", () => {
  const history = new History();
  const begun: number[] = [];
  const body = bodyOf(function* () {
    return yield* map(
      [0, 1, 2, 3],
      function* (item): Gen<number> {
        begun.push(item);
        yield* pay(String(item));
        if (item === 1) throw new Error("no");
        return item;
      },
      { concurrency: 2 },
    );
  }, history);
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["0.0.0", "0.1.0"]);
  history.outcome(stepAt("0.1.0", "pay", "1"));
  assert.match(thrownBy(body.advance("owner", FUEL)), /no/);
  assert.equal(begun, [0, 1]);
  assert.throws(() => map([1], String as never, { concurrency: 0 }), /concurrency/);
});

test("names that come again in a loop are other effects, by their paths", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const got: unknown[] = [];
    for (const item of ["a", "b", "a"]) got.push(yield* pay(item));
    return got;
  }, history);
  assert.equal(given(own(body, history, ({ effect }) => effect.path)), ["0", "1", "2"]);
});

test("fail throws at its place, marked as final; the error keeps all that it has", () => {
  const cause = new Error("cause");
  const error = Object.assign(new TypeError("declined", { cause }), { code: 7 });
  const thrown = (what: Error | string): unknown => {
    let caught: unknown;
    bodyOf(function* () {
      try {
        yield* fail(what);
      } catch (each) {
        caught = each;
      }
    }, new History()).advance("owner", FUEL);
    return caught;
  };
  assert.is(thrown(error), error);
  assert.equal(Reflect.get(error, "nonRetryable"), true);
  const text = thrown("declined");
  assert.match(text instanceof Error ? `${text.name}: ${text.message}` : "", /NonRetryable: decl/);
  const frozen = thrown(Object.freeze(new Error("frozen")));
  assert.is(frozen instanceof Error ? frozen.message : "", "frozen");
  assert.is(Reflect.get(frozen as object, "nonRetryable"), true);
});

test.run();
