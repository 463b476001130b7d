import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { now } from "../../../src/workflow/dsl/derived.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { sleep, sleepUntil } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, FUEL, given, History, receiveAt, sleepAt } from "./history.ts";

const test = suite("interpreter: signals");

const paid = signal<unknown>("paid");
const shipped = signal<unknown>("shipped");

test("rule 3: receives take signals in the order of the log, whoever came first", () => {
  const run = function* () {
    const first = yield* receive(paid);
    yield* sleep(5);
    return [first, yield* receive(paid), yield* receive(paid)];
  };
  const history = new History();
  history.signal("paid", 1);
  history.signal("paid", 2);
  history.outcome(sleepAt("1", 5));
  history.signal("paid", 3);
  assert.equal(given(bodyOf(run, history).advance("replay", FUEL)), [1, 2, 3]);
});

test("rule 3: a buffered signal is taken synchronously; time does not move", () => {
  const history = new History();
  history.signal("paid", 0);
  history.outcome(sleepAt("0", 5));
  const body = bodyOf(function* () {
    yield* sleep(5);
    const before = (yield* now()).getTime();
    const got = yield* receive(paid, { timeout: 10 });
    return [got, (yield* now()).getTime() - before];
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), [0, 0]);
});

test("rule 3: a signal that was accepted but not fed does not exist", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* checkpoint("a", 1);
    return yield* receive(paid, { timeout: 10 });
  }, history);
  assert.is(body.advance("owner", 1).kind, "paused");
  history.signal("paid", 7);
  history.outcome(receiveAt("1", "paid", 10));
  // The signal stands before the time-out in the log, so it is fed first, and at rest.
  assert.is(given(body.advance("owner", FUEL)), 7);
});

test("each name has its own buffer; falsy values are values", () => {
  const history = new History();
  for (const value of [0, "", false, null, undefined, Number.NaN]) history.signal("paid", value);
  history.signal("shipped", "s");
  history.outcome(sleepAt("0", 5));
  const body = bodyOf(function* () {
    yield* sleep(5);
    const got: unknown[] = [yield* receive(shipped)];
    for (let i = 0; i < 6; i++) got.push(yield* receive(paid));
    return got;
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), [
    "s",
    0,
    "",
    false,
    null,
    undefined,
    Number.NaN,
  ]);
});

test("a time-out gives undefined; the signal after it is kept for the next receive", () => {
  const history = new History();
  history.outcome(receiveAt("0", "paid", 50));
  history.signal("paid", "late");
  const body = bodyOf(function* () {
    return [yield* receive(paid, { timeout: 50 }), yield* receive(paid)];
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), [undefined, "late"]);
});

test("rule 5: a time-out that comes after its signal is ignored", () => {
  const history = new History();
  history.signal("paid", 1);
  history.outcome(receiveAt("0", "paid", 50));
  history.signal("paid", 2);
  const body = bodyOf(function* () {
    return [yield* receive(paid, { timeout: 50 }), yield* receive(paid)];
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), [1, 2]);
});

test("rule 6: a receive's time-out is due at now + its duration; one without has none", () => {
  const body = bodyOf(function* () {
    yield* all([receive(paid, { timeout: 50 }), receive(shipped), sleepUntil(new Date(9_000))]);
  }, new History());
  body.advance("owner", FUEL);
  const due = [...body.barriers.values()].map(({ effect, dueMs }) => [effect.kind, dueMs]);
  assert.equal(due, [
    ["receive", 1_050],
    ["receive", undefined],
    ["sleep", 9_000],
  ]);
});

test("several receives of one name are served in the order in which they were asked", () => {
  const history = new History();
  for (const value of ["a", "b", "c"]) history.signal("paid", value);
  const body = bodyOf(function* () {
    return yield* all({ x: receive(paid), y: receive(paid), z: receive(paid) });
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), { x: "a", y: "b", z: "c" });
});

test("a receive that lost its race takes nothing: the signal goes to the next one", () => {
  const history = new History();
  history.outcome(sleepAt("0.late.0", 5));
  history.signal("paid", 1);
  const body = bodyOf(function* () {
    const { tag } = yield* race({ got: receive(paid), late: sleep(5) });
    return [tag, yield* receive(paid)];
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), ["late", 1]);
});

test("what was read is told once, in order; what was not is not", () => {
  const history = new History();
  history.signal("paid", 1, "a");
  history.signal("shipped", 2, "b");
  history.signal("paid", 3, "c");
  const body = bodyOf(function* () {
    yield* receive(paid);
    yield* sleep(5);
  }, history);
  body.advance("owner", FUEL);
  assert.equal(body.consumed, ["a"]);
});

test("rule 19: other name or time-out at the path of a recorded time-out is divergence", () => {
  const timedOut = (name: string, timeout: number): string | undefined => {
    const history = new History();
    history.outcome(receiveAt("0", "paid", 50));
    const body = bodyOf(function* () {
      yield* receive(signal(name), { timeout });
    }, history);
    const advance = body.advance("owner", FUEL);
    return advance.kind === "diverged"
      ? `${advance.divergence.recorded} | ${advance.divergence.actual}`
      : undefined;
  };
  assert.is(timedOut("paid", 50), undefined);
  assert.is(timedOut("sent", 50), "receive paid | receive sent");
  assert.is(timedOut("paid", 51), "receive paid within 50 ms | receive paid within 51 ms");
});

test.run();
