import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Cancelled } from "../../../src/errors.ts";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { log } from "../../../src/workflow/dsl/derived.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import {
  bodyOf,
  FUEL,
  given,
  History,
  own,
  type Program,
  sleepAt,
  stepAt,
  thrownBy,
  waits,
} from "./history.ts";

const test = suite("interpreter: branches");

const pay = step("pay", (cents: number) => cents);

const resultOf = (run: Program): unknown =>
  given(bodyOf(run, new History()).advance("owner", FUEL));

/** A branch that leaves its name in the trace around two effects that do not suspend. */
function* walk(trace: string[], name: string): Gen<string> {
  trace.push(`${name}1`);
  yield* log(name);
  trace.push(`${name}2`);
  return name;
}

test("rule 7: branches run in the order of becoming runnable, each until it suspends", () => {
  const trace: string[] = [];
  const history = new History();
  const branch = function* (name: string): Gen<void> {
    yield* walk(trace, name);
    yield* pay(1);
    yield* walk(trace, name.toUpperCase());
  };
  const body = bodyOf(function* () {
    yield* all([branch("a"), branch("b"), branch("c")]);
  }, history);
  body.advance("owner", FUEL);
  assert.equal(trace.splice(0), ["a1", "a2", "b1", "b2", "c1", "c2"]);
  assert.equal(waits(body), ["0.0.0", "0.1.0", "0.2.0"]);
  for (const at of [2, 0, 1]) history.outcome(stepAt(`0.${at}.0`, "pay", 1));
  assert.is(body.advance("owner", FUEL).kind, "finished");
  assert.equal(trace, ["C1", "C2", "A1", "A2", "B1", "B2"]);
});

test("rule 7: branches of branches stand in one line with all others", () => {
  const trace: string[] = [];
  resultOf(function* () {
    yield* all([
      function* () {
        trace.push("a");
        yield* all([() => walk(trace, "x"), () => walk(trace, "y")]);
        trace.push("a again");
      },
      () => walk(trace, "b"),
    ]);
  });
  assert.equal(trace, ["a", "b1", "b2", "x1", "x2", "y1", "y2", "a again"]);
});

test("rule 7: fuel that ends inside a branch changes no order", () => {
  const traces = [1, 2, 3, FUEL].map((fuel) => {
    const trace: string[] = [];
    const body = bodyOf(function* () {
      return yield* race([all([walk(trace, "a"), walk(trace, "b")]), walk(trace, "c")]);
    }, new History());
    while (body.advance("owner", fuel).kind === "paused");
    return { trace, end: body.finished };
  });
  for (const trace of traces) assert.equal(trace, traces[0]);
});

test("all gives an array's results by index and a record's by key, however they end", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const tuple = yield* all([pay(1), () => pay(2), pay(3)]);
    const record = yield* all({ x: pay(4), y: sleep(5) });
    return [tuple, record];
  }, history);
  for (const at of [2, 0, 1]) history.outcome(stepAt(`0.${at}.0`, "pay", at + 1), `paid ${at}`);
  history.outcome(sleepAt("1.y.0", 5));
  history.outcome(stepAt("1.x.0", "pay", 4), "paid x");
  assert.equal(given(body.advance("replay", FUEL)), [
    ["paid 0", "paid 1", "paid 2"],
    { x: "paid x", y: undefined },
  ]);
});

test("rule 7: all of nothing gives nothing at once, and a race of nothing is refused", () => {
  const both = resultOf(function* () {
    return [yield* all([]), yield* all({})];
  });
  assert.equal(both, [[], {}]);
  for (const none of [[], {}]) assert.throws(() => race(none), /at least one branch/);
});

test("race gives the index of an array's winner and the key of a record's", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const tuple = yield* race([pay(1), sleep(5)]);
    const record = yield* race({ paid: pay(1), late: sleep(5) });
    return [tuple, record];
  }, history);
  history.outcome(sleepAt("0.1.0", 5));
  history.outcome(stepAt("1.paid.0", "pay", 1), "money");
  assert.equal(given(body.advance("replay", FUEL)), [
    { tag: 1, value: undefined },
    { tag: "paid", value: "money" },
  ]);
});

test("rule 7: a race is won by the first to finish, not by the first to be asked for", () => {
  for (const [first, second, tag] of [
    [0, 1, 0],
    [1, 0, 1],
  ] as const) {
    const history = new History();
    const body = bodyOf(function* () {
      return (yield* race([pay(0), pay(1)])).tag;
    }, history);
    for (const at of [first, second]) history.outcome(stepAt(`0.${at}.0`, "pay", at));
    assert.is(given(body.advance("replay", FUEL)), tag);
  }
});

test("rule 7: of branches that end in one stretch the first in line wins", () => {
  const winner = resultOf(function* () {
    return yield* race({
      suspends: sleep(5),
      first: checkpoint("first", 1),
      second: checkpoint("second", 2),
    });
  });
  assert.equal(winner, { tag: "first", value: 1 });
});

test("rule 7: a race whose loser is a timer leaves no barrier, and its outcome is late", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* race([pay(1), sleep("1 day")]);
    return yield* pay(2);
  }, history);
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["0.0.0", "0.1.0"]);
  history.outcome(stepAt("0.0.0", "pay", 1));
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["1"]);
  history.outcome(sleepAt("0.1.0", 86_400_000));
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  history.outcome(stepAt("1", "pay", 2), "done");
  assert.is(given(body.advance("owner", FUEL)), "done");
});

test("rule 7: a race does not wait for its losers' clean-up, which may use effects", () => {
  const trace: string[] = [];
  const history = new History();
  const body = bodyOf(function* () {
    yield* race([
      pay(1),
      function* () {
        try {
          yield* sleep(5);
        } catch (error) {
          trace.push(error instanceof Cancelled ? "cancelled" : "failed");
          yield* pay(9);
          trace.push("cleaned up");
        }
      },
    ]);
    trace.push("won");
    yield* pay(2);
  }, history);
  history.outcome(stepAt("0.0.0", "pay", 1));
  body.advance("owner", FUEL);
  assert.equal(trace, ["cancelled", "won"]);
  assert.equal(waits(body), ["0.1.1", "1"]);
  history.outcome(stepAt("0.1.1", "pay", 9));
  body.advance("owner", FUEL);
  assert.equal(trace, ["cancelled", "won", "cleaned up"]);
});

test("rule 7: a runnable loser goes on to its next leaf barrier, and fails there", () => {
  const history = new History();
  const trace: unknown[] = [];
  const body = bodyOf(function* () {
    yield* race([
      checkpoint("won", 1),
      function* () {
        trace.push(yield* checkpoint("lost", 2));
        trace.push(yield* all([]));
        try {
          yield* pay(1);
        } catch (error) {
          trace.push(error instanceof Cancelled);
        }
      },
    ]);
    yield* pay(2);
  }, history);
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(trace, [2, [], true]);
  assert.equal(waits(body), ["1"]);
  history.outcome(stepAt("0.1.2", "pay", 1));
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
});

test("rule 7: a loser is cancelled once: what it waits for after that is waited for", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* race([
      function* () {
        for (let i = 0; i < 3; i++) {
          try {
            yield* pay(i);
          } catch {
            yield* checkpoint("cancelled", i);
          }
        }
      },
      sleep(5),
    ]);
    yield* sleep(6);
  }, history);
  history.outcome(sleepAt("0.1.0", 5));
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["0.0.2", "1"]);
  assert.equal(
    body.takeWrites().map(({ path, value }) => [path, value[1]]),
    [["0.0.1", "0".charCodeAt(0)]],
  );
});

test("rule 7: who loses while it waits for branches of its own loses them with it", () => {
  const history = new History();
  const ended: string[] = [];
  const branch = function* (name: string): Gen<void> {
    try {
      yield* sleep(60);
    } finally {
      ended.push(name);
    }
  };
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      function* () {
        try {
          yield* all({ a: branch("a"), b: () => race([branch("b"), branch("c")]) });
        } finally {
          ended.push("all");
        }
      },
    ]);
    yield* sleep(6);
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["1"]);
  assert.equal(ended.sort(), ["a", "all", "b", "c"]);
});

test("rule 7: all fails with the first failure and cancels the others", () => {
  const history = new History();
  const ended: string[] = [];
  const body = bodyOf(function* () {
    yield* all([
      pay(1),
      pay(2),
      function* () {
        try {
          yield* pay(3);
        } finally {
          ended.push("cancelled");
        }
      },
    ]);
  }, history);
  history.failure(stepAt("0.1.0", "pay", 2), new RangeError("no money"));
  history.outcome(stepAt("0.0.0", "pay", 1));
  assert.is(thrownBy(body.advance("replay", FUEL)), "RangeError: no money");
  assert.equal(ended, ["cancelled"]);
});

test("rule 7: a race fails with its first branch to end if that fails", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* race([pay(1), sleep(5)]);
  }, history);
  history.failure(stepAt("0.0.0", "pay", 1), new RangeError("no money"));
  assert.is(thrownBy(body.advance("replay", FUEL)), "RangeError: no money");
});

test("rule 7: the root's end ends everything, losers' clean-up too", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      function* () {
        try {
          yield* sleep(60);
        } finally {
          yield* pay(1);
          trace.push("cleaned up");
        }
      },
    ]);
    return "ended";
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  assert.is(given(body.advance("owner", FUEL)), "ended");
  assert.equal(waits(body), []);
  history.outcome(stepAt("0.1.1", "pay", 1));
  assert.is(given(body.advance("owner", FUEL)), "ended");
  assert.equal(trace, []);
});

test("paths: each branch counts its own effects, helpers count on, labels never collide", () => {
  const history = new History();
  const helper = function* (): Gen<void> {
    yield* checkpoint("in a helper", 1);
    yield* pay(1);
  };
  const body = bodyOf(function* () {
    yield* checkpoint("first", 1);
    yield* all({
      a: helper,
      "a.0": helper,
      "a\\.0": () => all([helper]),
      "": () => helper(),
    });
    yield* helper();
  }, history);
  own(body, history);
  const paths = [...history.writes.keys(), ...history.inputs.flatMap(outcomePath)];
  assert.is(new Set(paths).size, paths.length);
  assert.equal([...history.writes.keys()].sort(), [
    "0",
    "1..0",
    "1.a.0",
    "1.a\\.0.0",
    "1.a\\\\\\.0.0.0.0",
    "2",
  ]);
});

const outcomePath = (input: History["inputs"][number]): readonly string[] =>
  input.kind === "outcome" ? [input.effect.path] : [];

test("rule 4: where one branch of a follower is stuck, no other branch runs", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* all([
      function* () {
        yield* checkpoint("a", 1);
        trace.push("a");
        yield* pay(1);
      },
      () => walk(trace, "b"),
    ]);
  }, history);
  for (const role of ["replay", "standby"] as const) {
    assert.equal(body.advance(role, FUEL), { kind: "stuck", path: "0.0.0" });
    assert.equal(trace, []);
  }
  history.write("0.0.0", { name: "a" });
  assert.equal(body.advance("standby", FUEL), { kind: "blocked" });
  assert.equal(trace, ["a", "b1", "b2"]);
});

test("rule 4: a combinator where the history has a write is divergence", () => {
  for (const combine of [all, race]) {
    const history = new History().restAt(0);
    history.write("0");
    const body = bodyOf(function* () {
      yield* combine([pay(1)]);
    }, history);
    body.advance("standby", FUEL);
    assert.is(body.divergence?.recorded, "checkpoint mark");
    assert.is(body.divergence?.actual, combine === all ? "all" : "race");
  }
});

test.run();
