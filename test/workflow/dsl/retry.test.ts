import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError, TimedOut, Unserializable } from "../../../src/errors.ts";
import type { RetryOptions } from "../../../src/workflow/dsl/call.ts";
import { callOptions, nextRetry } from "../../../src/workflow/dsl/retry.ts";

const test = suite("dsl: retries");

class NoMoney extends Error {}
class NoMoneyToday extends NoMoney {}

const error = new Error("no");

/** The waits before each further attempt, until there is none, or `most` of them. */
function waits(retry: RetryOptions | undefined, unit = 0, most = 20): readonly number[] {
  const found: number[] = [];
  for (let failures = 1; failures <= most; failures++) {
    const wait = nextRetry(retry, { failures, error, unit });
    if (wait === undefined) break;
    found.push(wait);
  }
  return found;
}

const isRetried = (nonRetryable: RetryOptions["nonRetryable"], thrown: unknown): boolean =>
  nextRetry(
    { attempts: 2, ...(nonRetryable && { nonRetryable }) },
    { failures: 1, error: thrown, unit: 0 },
  ) !== undefined;

test("without a policy there is one attempt", () => {
  assert.equal(waits(undefined), []);
  assert.equal(waits({}), []);
  assert.equal(waits({ backoff: "1s" }), []);
});

test("attempts counts all of them, the first included", () => {
  assert.is(waits({ attempts: 1 }).length, 0);
  assert.is(waits({ attempts: 5 }).length, 4);
  assert.is(waits({ attempts: Infinity }).length, 20);
});

test("the wait is the backoff, grown by the factor, up to the longest", () => {
  assert.equal(waits({ attempts: 5 }), [100, 200, 400, 800]);
  assert.equal(waits({ attempts: 4, backoff: "1s", factor: 3 }), [1_000, 3_000, 9_000]);
  assert.equal(waits({ attempts: 4, backoff: 5, factor: 1 }), [5, 5, 5]);
  assert.equal(waits({ attempts: 4, backoff: 5, maxBackoff: 12 }), [5, 10, 12]);
  assert.equal(waits({ attempts: 3, backoff: "1h", maxBackoff: "1s" }), [1_000, 1_000]);
  assert.equal(waits({ attempts: 3, backoff: 0 }), [0, 0]);
  assert.is(waits({ attempts: 13 }).at(-1), 60_000);
});

test("a wait is a number of milliseconds however many attempts have failed", () => {
  const { factor, attempts } = { factor: 1_000, attempts: Infinity };
  const late = nextRetry({ attempts, factor }, { failures: 5_000, error, unit: 0.5 });
  assert.is(late, 54_000);
  const none = nextRetry({ attempts, factor, backoff: 0 }, { failures: 5_000, error, unit: 0.5 });
  assert.is(none, 0);
});

test("jitter shortens a wait by up to its share, at random", () => {
  const retry = { attempts: 2, backoff: 1_000 };
  assert.equal(
    [0, 0.5, 0.999].map((unit) => waits(retry, unit)[0]),
    [1_000, 900, 800],
  );
  assert.equal(waits({ ...retry, jitter: 0 }, 0.9), [1_000]);
  assert.equal(waits({ ...retry, jitter: 1 }, 0.75), [250]);
});

test("nonRetryable ends an effect at once: classes, predicates, and lists of them", () => {
  assert.is(isRetried(undefined, new NoMoney()), true);
  assert.is(isRetried([NoMoney], new NoMoney()), false);
  assert.is(isRetried([NoMoney], new NoMoneyToday()), false);
  assert.is(isRetried([NoMoneyToday], new NoMoney()), true);
  assert.is(isRetried([Error], new RangeError()), false);
  const isNo = (thrown: Error): boolean => thrown.message === "no";
  assert.is(isRetried(isNo, error), false);
  assert.is(isRetried(isNo, new Error("other")), true);
  assert.is(isRetried([NoMoney, isNo], error), false);
  assert.is(isRetried([NoMoney, isNo], new RangeError("other")), true);
  assert.is(isRetried([], error), true);
});

test("a predicate that throws cannot vouch for another attempt", () => {
  const fails = (): boolean => {
    throw new Error("read");
  };
  assert.is(isRetried(fails, error), false);
  assert.is(isRetried([() => false, fails], error), false);
});

test("a predicate gets an Error, whatever was thrown", () => {
  const seen: Error[] = [];
  isRetried((thrown) => {
    seen.push(thrown);
    return false;
  }, "text");
  assert.instance(seen[0], Error);
  assert.equal([seen[0]?.message, seen[0]?.cause], ["text", "text"]);
});

test("an error that says so itself is final, and so is what cannot be recorded", () => {
  assert.is(isRetried(undefined, Object.assign(new Error("x"), { nonRetryable: true })), false);
  assert.is(isRetried(undefined, { nonRetryable: true }), false);
  assert.is(isRetried(undefined, Object.assign(new Error("x"), { nonRetryable: false })), true);
  assert.is(isRetried(undefined, new Unserializable("x")), false);
  assert.is(isRetried(undefined, new RaftoralError("payload-too-large", "x")), false);
  assert.is(isRetried(undefined, new TimedOut("x")), true);
  for (const thrown of [undefined, null, 5, "text"]) assert.is(isRetried(undefined, thrown), true);
});

test("whatever was thrown, the policy answers", () => {
  const fails = (): never => {
    throw new Error("read");
  };
  const hostile = [
    Object.create(null),
    { toString: fails },
    Object.defineProperty(new Error("x"), "nonRetryable", { get: fails }),
    new Proxy({}, { getPrototypeOf: fails, has: fails }),
  ];
  for (const thrown of hostile) {
    const failed = { failures: 1, error: thrown, unit: 0 };
    const wait = nextRetry({ attempts: 2, nonRetryable: [NoMoney] }, failed);
    assert.ok(wait === undefined || wait === 100);
  }
});

test("options are checked once, where they are written, by their name", () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ timeout: 0 }, /^timeout is above 0, not 0/],
    [{ timeout: "soon" }, /not a duration/],
    [{ retry: { attempts: 0 } }, /^retry\.attempts is a whole number from 1 on, or Infinity/],
    [{ retry: { attempts: 1.5 } }, /^retry\.attempts/],
    [{ retry: { attempts: "3" } }, /^retry\.attempts/],
    [{ retry: { backoff: "x" } }, /not a duration/],
    [{ retry: { maxBackoff: -1 } }, /not a duration/],
    [{ retry: { factor: 0.5 } }, /^retry\.factor is at least 1, not 0\.5/],
    [{ retry: { factor: Infinity } }, /^retry\.factor/],
    [{ retry: { jitter: 1.1 } }, /^retry\.jitter is between 0 and 1/],
    [{ retry: { jitter: Number.NaN } }, /^retry\.jitter/],
    [{ retry: { nonRetryable: ["NoMoney"] } }, /^retry\.nonRetryable is error classes/],
    [{ retry: { nonRetryable: 5 } }, /^retry\.nonRetryable/],
  ];
  for (const [options, message] of refused) {
    assert.throws(
      () => callOptions(options),
      (thrown: unknown) =>
        thrown instanceof RaftoralError &&
        thrown.code === "invalid-argument" &&
        message.test(thrown.message),
      JSON.stringify(options),
    );
  }
});

test("checked options are a frozen copy: what the caller changes later is nothing to them", () => {
  const retry = { attempts: 3, nonRetryable: [NoMoney] };
  const checked = callOptions({ retry, timeout: "1s" });
  retry.attempts = 9;
  assert.is(checked.retry?.attempts, 3);
  assert.ok(Object.isFrozen(checked) && Object.isFrozen(checked.retry));
  assert.equal(callOptions(undefined), {});
  assert.equal(callOptions({}), {});
});

test.run();
