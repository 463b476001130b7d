import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Cancelled } from "../../../src/errors.ts";
import { all, any, map, race } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { saga } from "../../../src/workflow/dsl/saga.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { shield, spawn } from "../../../src/workflow/dsl/task.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, FUEL, given, History, sleepAt, stepAt, waits } from "./history.ts";

const test = suite("interpreter: cancellation");

const pay = step("pay", (cents: number) => cents);

test("rule 7: a runnable loser fails once: the leaf after that is waited for", () => {
  const body = bodyOf(function* () {
    yield* race([
      checkpoint("won", 1),
      function* () {
        try {
          yield* pay(1);
        } finally {
          yield* pay(2);
        }
      },
    ]);
    yield* sleep(6);
  }, new History());
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["1", "0.1.1"]);
});

test("rule 7: a runnable loser that splits up loses all of its branches, and no later leaf", () => {
  const cancelled: string[] = [];
  const branch = function* (name: string): Gen<void> {
    try {
      yield* pay(1);
    } catch (error) {
      if (error instanceof Cancelled) cancelled.push(name);
    }
  };
  const body = bodyOf(function* () {
    yield* race([
      checkpoint("won", 1),
      function* () {
        yield* all([branch("a"), branch("b")]);
        yield* pay(2);
      },
    ]);
    yield* sleep(6);
  }, new History());
  body.advance("owner", FUEL);
  assert.equal(cancelled, ["a", "b"]);
  assert.equal(waits(body), ["1", "0.1.1"]);
});

test("rule 7: a branch's clean-up is not cut off by a sibling that ends before it", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      () =>
        all([
          sleep(60),
          function* () {
            try {
              yield* sleep(61);
            } finally {
              yield* pay(1);
              trace.push("cleaned up");
            }
          },
        ]),
    ]);
    yield* sleep(6);
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["0.1.0.1.1", "1"]);
  history.outcome(stepAt("0.1.0.1.1", "pay", 1));
  body.advance("owner", FUEL);
  assert.equal(trace, ["cleaned up"]);
});

test("rule 7: who is answered and loses before its turn goes on, to its next leaf barrier", () => {
  const trace: unknown[] = [];
  const body = bodyOf(function* () {
    yield* race([
      () => all([checkpoint("wins", 1)]),
      function* () {
        trace.push(yield* all([checkpoint("is answered", 2)]));
        try {
          yield* pay(1);
        } catch (error) {
          trace.push(error instanceof Cancelled);
        }
      },
    ]);
    yield* sleep(6);
  }, new History());
  body.advance("owner", FUEL);
  assert.equal(trace, [[2], true]);
  assert.equal(waits(body), ["1"]);
});

test("rule 7: the root's end leaves losers in line where they are: they do not run on", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      function* () {
        try {
          yield* all([sleep(60)]);
        } finally {
          trace.push("behind the root");
          yield* checkpoint("behind the root", 1);
        }
      },
    ]);
    return "ended";
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  for (let i = 0; i < 2; i++) assert.is(given(body.advance("owner", FUEL)), "ended");
  assert.equal(trace, []);
  assert.equal(body.takeWrites(), []);
});

test("rule 7: a loser that swallows its cancellation holds up nobody", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const { tag } = yield* race({
      late: sleep(5),
      stubborn: function* () {
        for (let i = 0; i < 3; i++) {
          try {
            yield* pay(i);
          } catch {}
        }
      },
    });
    return tag;
  }, history);
  history.outcome(sleepAt("0.late.0", 5));
  assert.is(given(body.advance("owner", FUEL)), "late");
});

test("rule 9: a cancellation that no branch felt is felt by who waits for them, once", () => {
  const quick = function* (): Gen<number> {
    return yield* checkpoint("quick", 1);
  };
  for (const split of [
    () => all([quick, quick]),
    () => race([quick, quick]),
    () => race([() => sleep(1_000), quick]),
    () => any([() => sleep(1_000), quick]),
    () => all([() => race([() => sleep(1_000), quick]), quick]),
    () => map([1, 2], quick),
    () => saga(quick),
    () => shield(quick),
  ]) {
    const trace: string[] = [];
    const body = bodyOf(function* () {
      const task = yield* spawn(function* () {
        yield* split();
        try {
          yield* sleep(1_000);
        } catch (error) {
          trace.push(error instanceof Cancelled ? "felt" : "?");
        }
        yield* sleep(7);
      });
      // Before it has begun: it comes to its first wait behind the branches.
      yield* task.cancel();
      yield* task.join();
    }, new History());
    body.advance("owner", FUEL);
    assert.equal(trace, ["felt"]);
    assert.equal(waits(body).length, 1, "its clean-up waits");
  }
});

test("rule 9: a failure that hides what a sibling felt hands the cancellation on", () => {
  const trace: string[] = [];
  const body = bodyOf(function* () {
    const task = yield* spawn(function* () {
      try {
        yield* all([
          () => sleep(1_000),
          function* (): Gen<never> {
            yield* checkpoint("quick", 1);
            throw new Error("own");
          },
        ]);
      } catch (error) {
        trace.push(error instanceof Error ? error.message : "?");
      }
      yield* sleep(7);
    });
    yield* task.cancel();
    try {
      yield* task.join();
    } catch (error) {
      trace.push(error instanceof Cancelled ? "felt" : "?");
    }
  }, new History());
  body.advance("owner", FUEL);
  assert.equal(trace, ["own", "felt"]);
});

test("rule 9: a race lost before a cancellation came hides nothing of it", () => {
  const quick = function* (): Gen<number> {
    return yield* checkpoint("quick", 1);
  };
  for (let turns = 0; turns < 8; turns++) {
    const trace: string[] = [];
    const body = bodyOf(function* () {
      const task = yield* spawn(function* () {
        yield* all([() => race([() => sleep(1_000), quick]), quick]);
        try {
          yield* sleep(1_000);
        } catch (error) {
          trace.push(error instanceof Cancelled ? "felt" : "?");
        }
        yield* sleep(7);
      });
      for (let turn = 0; turn < turns; turn++) yield* all([quick]);
      yield* task.cancel();
      yield* task.join();
    }, new History());
    body.advance("owner", FUEL);
    assert.equal(trace, ["felt"], `after ${turns} turns`);
  }
});

test("rule 9: what a branch felt, its parent does not feel again", () => {
  const body = bodyOf(function* () {
    const task = yield* spawn(function* () {
      yield* all([
        function* () {
          try {
            yield* sleep(1_000);
          } catch {}
        },
        checkpoint("quick", 1),
      ]);
      yield* sleep(7);
    });
    yield* task.cancel();
    yield* task.join();
  }, new History());
  body.advance("owner", FUEL);
  assert.is(body.barriers.size, 1, "the second sleep is waited for");
});

test.run();
