import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { saga } from "../../../src/workflow/dsl/saga.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import type { Barrier } from "../../../src/workflow/interpreter/body.ts";
import { bodyOf, FUEL, History, type Program, thrownBy } from "./history.ts";

const test = suite("interpreter: sagas");

const act = step("act", (what: string) => what);
const undo = step("undo", (what: string) => what);

interface Story {
  /** Inputs of the effects that ran, in order. */
  readonly acts: readonly string[];
  readonly end: string;
}

/**
 * Owns a run to its end; effects whose input begins with "!" fail.
 * `cancelAt`: before that input.
 */
function story(run: Program, cancelAt = Number.POSITIVE_INFINITY): Story {
  const history = new History();
  const body = bodyOf(run, history);
  const acts: string[] = [];
  for (let turn = 0; ; turn++) {
    const advance = body.advance("owner", FUEL);
    history.accept(body);
    history.restAt(body.rested);
    if (advance.kind === "diverged") throw new Error(JSON.stringify(advance.divergence));
    if (advance.kind === "finished") {
      const end = advance.outcome.ok ? "ok" : thrownBy(advance);
      return { acts, end: advance.as?.kind ?? end };
    }
    const [barrier] = [...body.barriers.values()];
    if (barrier === undefined) throw new Error(advance.kind);
    if (turn === cancelAt) {
      history.cancel("why");
      continue;
    }
    acts.push(answer(history, barrier));
  }
}

/** Says what ran. */
function answer(history: History, { effect, call }: Barrier): string {
  if (call === undefined) {
    history.outcome(effect);
    return effect.kind;
  }
  const what = String(call.input);
  if (what.startsWith("!")) history.failure(effect, new Error(what));
  else history.outcome(effect, what);
  return `${effect.name} ${what}`;
}

/** Acts in order, each with its undoing; a name with "!" fails. */
const trip = (...names: readonly string[]): (() => Gen<string>) =>
  function* () {
    return yield* saga(function* (s): Gen<string> {
      for (const name of names) yield* s.run(act(name), undo);
      return "there";
    });
  };

test("what a saga did is undone in reverse order when it fails, and the error goes on", () => {
  assert.equal(story(trip("a", "b", "!c")), {
    acts: ["act a", "act b", "act !c", "undo b", "undo a"],
    end: "Error: !c",
  });
  assert.equal(story(trip("a", "b")), { acts: ["act a", "act b"], end: "ok" });
});

test("a cancellation undoes it too, and does not cut its compensations off", () => {
  assert.equal(story(trip("a", "b", "c"), 2), {
    acts: ["act a", "act b", "undo b", "undo a"],
    end: "cancelled",
  });
  // While it is undone already: felt, after the last compensation, by nobody that waits.
  const late = story(trip("a", "b", "!c"), 4);
  assert.equal(late.acts, ["act a", "act b", "act !c", "undo b", "undo a"]);
});

test("a saga in a branch that lost is undone", () => {
  const { acts } = story(function* () {
    yield* race([
      function* () {
        yield* sleep(1);
        yield* sleep(2);
      },
      trip("a", "b"),
    ]);
    yield* sleep(3);
    yield* sleep(4);
  });
  assert.equal(acts, ["sleep", "act a", "sleep", "sleep", "undo a", "sleep"]);
});

test("a saga within a saga hands its compensations to the outer one when it ends well", () => {
  const outer: Program = function* () {
    return yield* saga(function* (s): Gen<void> {
      yield* s.run(act("a"), undo);
      yield* trip("b", "c")();
      yield* act("!d");
    });
  };
  assert.equal(story(outer).acts, [
    "act a",
    "act b",
    "act c",
    "act !d",
    "undo c",
    "undo b",
    "undo a",
  ]);
});

test("a saga within a saga that fails is undone by itself, once", () => {
  const outer: Program = function* () {
    return yield* saga(function* (s): Gen<string> {
      yield* s.run(act("a"), undo);
      try {
        yield* trip("b", "!c")();
      } catch {
        yield* act("went on");
      }
      throw new Error("outer");
    });
  };
  assert.equal(story(outer), {
    acts: ["act a", "act b", "act !c", "undo b", "act went on", "undo a"],
    end: "Error: outer",
  });
});

test("helpers several branches deep reach the saga that they stand in", () => {
  const outer: Program = function* () {
    return yield* saga(function* (): Gen<void> {
      yield* all([trip("a"), () => all([trip("b")])]);
      yield* act("!c");
    });
  };
  assert.equal(story(outer).acts.slice(-2).sort(), ["undo a", "undo b"]);
});

test("finally blocks run before the compensations", () => {
  const run: Program = function* () {
    return yield* saga(function* (s): Gen<void> {
      try {
        yield* s.run(act("a"), undo);
        yield* act("!b");
      } finally {
        yield* act("finally");
      }
    });
  };
  assert.equal(story(run).acts, ["act a", "act !b", "act finally", "undo a"]);
});

test("a compensation that fails keeps no other from running, and is told with the cause", () => {
  const run: Program = function* () {
    return yield* saga(function* (s): Gen<void> {
      s.compensate(() => undo("a"));
      s.compensate(() => undo("!b"));
      s.compensate(() => {
        throw new Error("no branch");
      });
      yield* act("!c");
    });
  };
  const { acts, end } = story(run);
  assert.equal(acts, ["act !c", "undo !b", "undo a"]);
  assert.match(end, /^CompensationFailed: 2 compensations failed; the first: Error: no branch/);
});

test("a saga may be asked for again: each time is another one", () => {
  const twice = saga(function* (s): Gen<void> {
    yield* s.run(act("a"), undo);
    yield* act("!b");
  });
  const run: Program = function* () {
    for (let i = 0; i < 2; i++) {
      try {
        yield* twice;
      } catch {
        // Undone by itself.
      }
    }
  };
  const once = ["act a", "act !b", "undo a"];
  assert.equal(story(run).acts, [...once, ...once]);
});

test.run();
