import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BEFORE_START } from "../../../src/std/ids.ts";
import { log, now } from "../../../src/workflow/dsl/derived.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute, step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, codec, computeAt, FUEL, given, History, stepAt, waits } from "./history.ts";

const test = suite("interpreter: feeding");

const pay = step("pay", (cents: number) => cents);

function* payTwice(): Gen<unknown> {
  const first = yield* pay(1);
  const second = yield* pay(2);
  return [first, second];
}

test("rule 1: nothing runs before the Start is fed, and the Start brings the input", () => {
  const seen: unknown[] = [];
  const history = new History({ order: 7 });
  const body = bodyOf(function* (input) {
    seen.push(input);
    return input;
  }, history);
  assert.is(body.cursor, BEFORE_START);
  assert.is(body.isAtRest, false);
  assert.equal(seen, []);
  assert.equal(given(body.advance("owner", FUEL)), { order: 7 });
  assert.equal(seen, [{ order: 7 }]);
});

test("rule 1: inputs are fed strictly in order, each at its rest", () => {
  const history = new History();
  const body = bodyOf(payTwice, history);
  history.outcome(stepAt("0", "pay", 1), "a");
  history.outcome(stepAt("1", "pay", 2), "b");
  assert.equal(given(body.advance("replay", FUEL)), ["a", "b"]);
  assert.is(body.cursor, 2);
});

test("rule 1: the owner goes on only with what is in the journal, and with what it says", () => {
  const history = new History();
  const body = bodyOf(payTwice, history);
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["0"]);
  history.outcome(stepAt("0", "pay", 1), "as accepted");
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["1"]);
  history.outcome(stepAt("1", "pay", 2), 2);
  assert.equal(given(body.advance("owner", FUEL)), ["as accepted", 2]);
});

test("rule 1: what is asked for is called by no body: the interpreter only names it", () => {
  let calls = 0;
  const body = bodyOf(function* () {
    yield* compute("count", () => ++calls);
  }, new History());
  body.advance("owner", FUEL);
  assert.is(calls, 0);
  const [barrier] = body.barriers.values();
  assert.equal(barrier?.effect, computeAt("0", "count"));
  assert.is(barrier?.registeredAt, 0);
});

test("rule 2: fuel pauses a stretch, and nothing is fed until it rests", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* checkpoint("a", 1);
    yield* checkpoint("b", 2);
    return yield* pay(1);
  }, history);
  for (const writes of [1, 1]) {
    assert.equal(body.advance("owner", 1), { kind: "paused" });
    assert.is(body.takeWrites().length, writes);
    assert.is(body.isAtRest, false);
    assert.is(body.rested, BEFORE_START);
    assert.is(body.cursor, 0);
  }
  assert.equal(body.advance("owner", 1), { kind: "blocked" });
  assert.is(body.isAtRest, true);
  assert.is(body.rested, 0);
});

test("rule 2: an input that is in the journal waits until the paused stretch rests", () => {
  const history = new History();
  const seen: string[] = [];
  const body = bodyOf(function* () {
    yield* pay(1);
    for (const part of ["x", "y", "z"]) {
      yield* log(part);
      seen.push(part);
    }
    yield* pay(2);
    seen.push("fed");
  }, history);
  body.advance("owner", FUEL);
  history.outcome(stepAt("0", "pay", 1));
  assert.equal(body.advance("owner", 2), { kind: "paused" });
  history.outcome(stepAt("1", "pay", 2));
  assert.equal(body.advance("owner", 1), { kind: "paused" });
  assert.equal(seen, ["x", "y"]);
  assert.is(body.cursor, 1);
  assert.is(body.advance("owner", FUEL).kind, "finished");
  assert.equal(seen, ["x", "y", "z", "fed"]);
});

test("rule 2: however the fuel is portioned, the history is the same", () => {
  const program = function* (): Gen<unknown> {
    let sum = 0;
    for (const cents of [1, 2, 3]) {
      yield* checkpoint(`before ${cents}`, sum);
      sum += yield* pay(cents);
    }
    return sum;
  };
  const runs = [1, 2, 3, FUEL].map((fuel) => {
    const history = new History();
    const body = bodyOf(program, history);
    for (let i = 0; i < 100 && body.finished === undefined; i++) {
      if (body.advance("owner", fuel).kind !== "blocked") continue;
      const [barrier] = body.barriers.values();
      if (barrier !== undefined) history.outcome(barrier.effect, barrier.call?.input);
    }
    return { writes: body.takeWrites(), outcome: body.finished };
  });
  for (const run of runs) assert.equal(run, runs[0]);
  assert.equal(runs[0]?.outcome, { ok: true, value: codec.encode(6) });
  assert.equal(
    runs[0]?.writes.map(({ path, cursor }) => [path, cursor]),
    [
      ["0", 0],
      ["2", 1],
      ["4", 2],
    ],
  );
});

test("rule 3: nothing after the cursor is visible: what lies ahead changes no stretch", () => {
  const stamps: number[] = [];
  const history = new History();
  history.outcome(stepAt("0", "pay", 1), "a", 2_000);
  history.outcome(stepAt("1", "pay", 2), "b", 9_000);
  const body = bodyOf(function* () {
    for (const cents of [1, 2]) {
      stamps.push((yield* now()).getTime());
      yield* pay(cents);
    }
  }, history.restAt(0));
  assert.equal(body.advance("standby", FUEL), { kind: "behind" });
  assert.equal(stamps, [1_000]);
  assert.equal(waits(body), ["0"]);
  assert.is(body.advance("replay", FUEL).kind, "finished");
  assert.equal(stamps, [1_000, 2_000]);
});

test("rule 19: a standby is one input behind: fed only what its owner's through has passed", () => {
  const history = new History();
  const body = bodyOf(payTwice, history);
  assert.equal(body.advance("standby", FUEL), { kind: "behind" });
  assert.is(body.cursor, BEFORE_START);
  history.restAt(0);
  assert.equal(body.advance("standby", FUEL), { kind: "blocked" });
  const first = history.outcome(stepAt("0", "pay", 1), "a");
  assert.equal(body.advance("standby", FUEL), { kind: "behind" });
  assert.equal(waits(body), ["0"]);
  history.restAt(first);
  assert.equal(body.advance("standby", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["1"]);
  history.outcome(stepAt("1", "pay", 2), "b");
  assert.equal(body.advance("standby", FUEL), { kind: "behind" });
  assert.equal(given(body.advance("owner", FUEL)), ["a", "b"]);
});

test("rule 19: a replay is fed all that the journal has, whatever through says", () => {
  const history = new History();
  history.outcome(stepAt("0", "pay", 1), "a");
  const body = bodyOf(payTwice, history);
  assert.equal(body.advance("replay", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["1"]);
});

test("rule 2: a body is at rest only between its stretches, and says where", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* sleep("1s");
  }, history);
  assert.is(body.isAtRest, false);
  body.advance("owner", FUEL);
  assert.is(body.isAtRest, true);
  assert.is(body.rested, 0);
  const [barrier] = body.barriers.values();
  assert.is(barrier?.dueMs, 2_000);
});

test.run();
