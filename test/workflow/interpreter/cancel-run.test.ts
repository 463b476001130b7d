import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Cancelled } from "../../../src/errors.ts";
import { all, allSettled, any, map, race } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { shield, spawn } from "../../../src/workflow/dsl/task.ts";
import { bodyOf, FUEL, given, History, type Program, sleepAt, stepAt, waits } from "./history.ts";

const test = suite("interpreter: a run that is cancelled");

const pay = step("pay", (cents: number) => cents);

/** Cancels a body at its first rest. */
function cancelled(run: Program, prepare: (history: History) => void = () => {}) {
  const history = new History();
  prepare(history);
  const body = bodyOf(run, history);
  body.advance("owner", FUEL);
  history.accept(body);
  history.restAt(body.rested);
  history.cancel("why");
  return { history, body, advance: body.advance("owner", FUEL) };
}

test("rule 9: it is thrown where the body waits, and ends the run as cancelled", () => {
  const { advance } = cancelled(function* () {
    yield* sleep(1_000);
  });
  assert.is(advance.kind, "finished");
  assert.equal(advance.kind === "finished" ? advance.as : undefined, {
    kind: "cancelled",
    reason: "why",
  });
});

test("rule 9: every leaf fails once, in the order in which its fibers were made", () => {
  const order: string[] = [];
  const told = function* (name: string): Gen<void> {
    try {
      yield* sleep(1_000);
    } catch (error) {
      order.push(`${name} ${error instanceof Cancelled}`);
    }
  };
  const { advance } = cancelled(function* () {
    yield* spawn(told("task"));
    yield* all([told("a"), () => all({ c: told("c"), d: told("d") }), told("b")]);
    return order;
  });
  // The task was made first; then the branches; then the branches' own.
  const all5 = ["task true", "a true", "b true", "c true", "d true"];
  assert.equal(given(advance), all5);
});

test("rule 9: clean-up may use effects, and is not cut off by a second cancellation", () => {
  const { body, history, advance } = cancelled(function* () {
    try {
      yield* sleep(1_000);
    } finally {
      yield* pay(1);
      yield* pay(2);
    }
  });
  assert.is(advance.kind, "blocked");
  assert.equal(waits(body), ["1"]);
  history.cancel("again");
  history.outcome(stepAt("1", "pay", 1));
  assert.is(body.advance("owner", FUEL).kind, "blocked");
  assert.equal(waits(body), ["2"]);
  history.outcome(stepAt("2", "pay", 2));
  const end = body.advance("owner", FUEL);
  assert.is(end.kind === "finished" ? end.as?.kind : "", "cancelled");
});

test("rule 9: a body that holds on ends by its own return", () => {
  const { advance } = cancelled(function* () {
    try {
      yield* sleep(1_000);
    } catch {
      return "held on";
    }
    return "never";
  });
  assert.is(given(advance), "held on");
  assert.is(advance.kind === "finished" ? advance.as : "", undefined);
});

test("another error after the cancellation is a failure, not a cancellation", () => {
  const { advance } = cancelled(function* () {
    try {
      yield* sleep(1_000);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: that is the case.
      throw new Error("clean-up failed");
    }
  });
  const end = advance.kind === "finished" ? advance : undefined;
  assert.is(end?.as, undefined);
  assert.is(end?.outcome.ok === false ? end.outcome.failure.message : "", "clean-up failed");
});

test("a shielded branch is not reached; what asked for it feels it at its next wait", () => {
  const { body, history, advance } = cancelled(function* () {
    yield* shield(function* () {
      yield* pay(1);
      yield* pay(2);
    });
    yield* pay(3);
  });
  assert.is(advance.kind, "blocked");
  assert.equal(waits(body), ["0.0.0"]);
  history.outcome(stepAt("0.0.0", "pay", 1));
  history.outcome(stepAt("0.0.1", "pay", 2));
  const end = body.advance("owner", FUEL);
  assert.is(end.kind === "finished" ? end.as?.kind : "", "cancelled");
});

test("a shield within clean-up of a branch that lost keeps it from being cut off", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      () =>
        shield(function* () {
          yield* sleep(60);
          trace.push("shielded");
        }),
    ]);
    yield* sleep(100);
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  history.outcome(sleepAt("0.1.0.0.0", 60));
  body.advance("owner", FUEL);
  assert.equal(trace, ["shielded"]);
});

test("allSettled, any and a half-done map do not swallow a cancellation", () => {
  const branches = () => [sleep(1_000), sleep(2_000)];
  const programs: readonly Program[] = [
    function* () {
      return yield* allSettled(branches());
    },
    function* () {
      return yield* any(branches());
    },
    function* () {
      return yield* map([1, 2, 3], (ms) => holdOn(ms), { concurrency: 1 });
    },
  ];
  for (const program of programs) {
    const { advance } = cancelled(program);
    assert.is(advance.kind === "finished" ? advance.as?.kind : "", "cancelled");
  }
});

function* holdOn(ms: number): Gen<void> {
  try {
    yield* sleep(ms);
  } catch {
    // Swallowed: the items that did not begin still must not.
  }
}

test("a map that was cancelled begins no further item, though those under way hold on", () => {
  const begun: number[] = [];
  const { advance } = cancelled(function* () {
    const item = function* (ms: number): Gen<void> {
      begun.push(ms);
      yield* holdOn(ms);
    };
    return yield* map([10, 20, 30, 40], item, { concurrency: 2 });
  });
  assert.equal(begun, [10, 20]);
  assert.is(advance.kind === "finished" ? advance.as?.kind : "", "cancelled");
});

test("a receive fails like any leaf, and takes no signal", () => {
  const paid = signal<number>("paid");
  const { body, advance } = cancelled(
    function* () {
      try {
        yield* sleep(1_000);
      } finally {
        yield* receive(paid);
      }
    },
    (history) => history.signal("paid", 1),
  );
  // The first leaf failed; the receive in the clean-up is a new one.
  assert.is(advance.kind, "finished");
  assert.equal(body.consumed.length, 1);
});

test("rule 19: a replay feels the cancellation at the same places", () => {
  const program: Program = function* () {
    const seen: string[] = [];
    try {
      yield* all([sleep(1), sleep(2)]);
    } catch (error) {
      seen.push(error instanceof Error ? error.message : "?");
    }
    yield* pay(1);
    return seen;
  };
  const { history, body } = cancelled(program);
  history.outcome(stepAt("1", "pay", 1));
  assert.equal(given(body.advance("owner", FUEL)), ["why"]);
  assert.equal(given(bodyOf(program, history).advance("replay", FUEL)), ["why"]);
});

test.run();
