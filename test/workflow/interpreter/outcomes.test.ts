import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TimedOut } from "../../../src/errors.ts";
import { BEFORE_START, path } from "../../../src/std/ids.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import type { Divergence, EffectIdentity } from "../../../src/workflow/dsl/record.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute, step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { Body } from "../../../src/workflow/interpreter/body.ts";
import {
  bodyOf,
  codec,
  computeAt,
  FUEL,
  given,
  History,
  type Program,
  sleepAt,
  stepAt,
  thrownBy,
  waits,
} from "./history.ts";

const test = suite("interpreter: outcomes and divergences");

const pay = step("pay", (cents: number) => cents);

const payOnce: Program = function* () {
  return yield* pay(1);
};

/** What one outcome after the Start makes of a body: on its owner and on a standby alike. */
function divergenceOf(program: Program, effect: EffectIdentity): Divergence | undefined {
  const history = new History();
  history.restAt(history.outcome(effect, 1));
  const [owner, standby] = (["owner", "standby"] as const).map((role) => {
    const body = bodyOf(program, history);
    body.advance(role, FUEL);
    return body.divergence;
  });
  assert.equal(standby, owner);
  return owner;
}

test("rule 5: a second outcome for a path stays in the history and is ignored", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* sleep(5);
    return yield* pay(1);
  }, history);
  body.advance("owner", FUEL);
  history.outcome(sleepAt("0", 5));
  const late = history.outcome(sleepAt("0", 5));
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["1"]);
  assert.is(body.cursor, late);
  assert.is(body.rested, late);
});

test("rule 5: of two outcomes for one path the first is given", () => {
  const history = new History();
  history.outcome(stepAt("0", "pay", 1), "first");
  history.outcome(stepAt("0", "pay", 1), "second");
  history.outcome(stepAt("1", "pay", 1), "third");
  const body = bodyOf(function* () {
    return [yield* pay(1), yield* pay(1)];
  }, history);
  assert.equal(given(body.advance("replay", FUEL)), ["first", "third"]);
});

test("rule 5: an outcome for a path that was never registered is divergence", () => {
  for (const at of ["1", "0.0.0", "00"]) {
    assert.equal(divergenceOf(payOnce, stepAt(at, "refund", 1)), {
      path: at,
      recorded: "step refund",
      actual: "nothing",
      reason: "the history has a result for an effect that the workflow did not ask for",
    });
  }
});

test("rule 19: kind and name of every outcome are checked against what waits at its path", () => {
  const others = [
    ["compute pay", computeAt("0", "pay")],
    ["step refund", stepAt("0", "refund", 1)],
    ["sleep", sleepAt("0", 5)],
  ] as const;
  for (const [recorded, effect] of others) {
    assert.equal(divergenceOf(payOnce, effect), {
      path: "0",
      recorded,
      actual: "step pay",
      reason: "the history has another effect at this place",
    });
  }
});

test("rule 19: a step is no compute, though path, name and input are the same", () => {
  const program: Program = function* () {
    yield* compute("pay", () => 1);
  };
  const divergence = divergenceOf(program, { ...computeAt("0", "pay"), kind: "step" });
  assert.equal([divergence?.recorded, divergence?.actual], ["step pay", "compute pay"]);
});

test("rule 19: so is the hash of its input, and a sleep's duration", () => {
  assert.equal(divergenceOf(payOnce, stepAt("0", "pay", 2)), {
    path: "0",
    recorded: `step pay with input ${codec.hash(2)}`,
    actual: `step pay with input ${codec.hash(1)}`,
    reason: "the history has this effect with another input",
  });
  const nap: Program = function* () {
    yield* sleep("1s");
  };
  const divergence = divergenceOf(nap, sleepAt("0", 2_000));
  assert.is(divergence?.recorded, "sleep of 2000 ms");
  assert.is(divergence?.actual, "sleep of 1000 ms");
});

test("rule 4: a body that ends where its history goes on diverges", () => {
  const history = new History();
  const paid = history.outcome(stepAt("0", "pay", 1));
  const body = bodyOf(function* () {
    yield* checkpoint("mark", 1);
  }, history.restAt(paid));
  history.write("0");
  assert.equal(body.advance("standby", FUEL), {
    kind: "diverged",
    divergence: {
      path: "1",
      recorded: "more effects, up to input 1",
      actual: "the end of the workflow, after input 0",
      reason: "the history goes on where the workflow ends",
    },
  });
});

test("rule 22: no try and no finally of the user's sees a divergence, and nothing runs on", () => {
  const trace: string[] = [];
  const history = new History().restAt(0);
  const body = bodyOf(function* () {
    try {
      trace.push("asked");
      yield* checkpoint("mark", 1);
      trace.push("answered");
    } catch {
      trace.push("caught");
    } finally {
      trace.push("cleaned up");
    }
  }, history);
  const first = body.advance("owner", FUEL);
  assert.is(first.kind, "diverged");
  history.write("0");
  for (const role of ["owner", "standby", "replay"] as const) {
    assert.equal(body.advance(role, FUEL), first);
  }
  assert.equal(trace, ["asked"]);
  assert.is(body.isAtRest, false);
  assert.is(body.rested, BEFORE_START);
  assert.is(body.finished, undefined);
});

test("rule 22: an outcome's divergence leaves its waiting branch where it is", () => {
  const trace: string[] = [];
  const history = new History();
  history.outcome(stepAt("0", "pay", 2));
  const body = bodyOf(function* () {
    try {
      yield* pay(1);
    } finally {
      trace.push("cleaned up");
    }
  }, history);
  assert.is(body.advance("owner", FUEL).kind, "diverged");
  assert.is(body.advance("owner", FUEL).kind, "diverged");
  assert.equal(trace, []);
});

test("a divergence says where in the user's source the generator stands, asked once", () => {
  let asked = 0;
  const journal = new History().restAt(0);
  const run: Program = function* () {
    yield* checkpoint("mark", 1);
  };
  const locate = (): string => `order.ts:${++asked}:3`;
  const body = new Body({ run, journal, codec, locate });
  body.advance("owner", FUEL);
  body.advance("owner", FUEL);
  assert.is(body.divergence?.source, "order.ts:1:3");
});

test("a recorded value that cannot be read is divergence, not an error of the user's", () => {
  const history = new History();
  history.end(stepAt("0", "pay", 1), { ok: true, value: Uint8Array.of(99) });
  const body = bodyOf(function* () {
    try {
      yield* pay(1);
    } catch {
      return "caught";
    }
    return "answered";
  }, history);
  const advance = body.advance("owner", FUEL);
  assert.is(advance.kind, "diverged");
  assert.match(body.divergence?.reason ?? "", /a recorded value has no known form/);
});

test("a failed outcome is thrown at its effect, with name, message, cause and data", () => {
  const history = new History();
  const error = Object.assign(new TimedOut("late", { cause: new Error("slow") }), { cents: 5 });
  history.failure(stepAt("0", "pay", 1), error);
  const body = bodyOf(function* (): Gen<unknown> {
    try {
      return yield* pay(1);
    } catch (thrown) {
      const { name, message, cause, cents } = thrown as typeof error;
      return { isError: thrown instanceof Error, name, message, cause: String(cause), cents };
    }
  }, history);
  assert.equal(given(body.advance("owner", FUEL)), {
    isError: true,
    name: "TimedOut",
    message: "late",
    cause: "Error: slow",
    cents: 5,
  });
});

test("what the body throws is its outcome, a value that cannot be recorded a failure", () => {
  const failing: Program = function* () {
    throw new RangeError("no lamps");
  };
  assert.is(
    thrownBy(bodyOf(failing, new History()).advance("owner", FUEL)),
    "RangeError: no lamps",
  );
  const unserializable: Program = function* () {
    return { at: Symbol("x") };
  };
  const advance = bodyOf(unserializable, new History()).advance("owner", FUEL);
  assert.match(thrownBy(advance), /^Unserializable: \$\.at cannot be recorded/);
});

test("an effect whose input cannot be recorded fails at its place and asks for nothing", () => {
  const send = step("send", (input: unknown) => input);
  const body = bodyOf(function* (): Gen<unknown> {
    try {
      return yield* send(() => 1);
    } catch (error) {
      yield* pay(1);
      return error;
    }
  }, new History());
  assert.equal(body.advance("owner", FUEL), { kind: "blocked" });
  assert.equal(waits(body), ["1"]);
});

test("a step's input is as it was when it was asked for, a fresh copy for each attempt", () => {
  const send = step("send", (input: { lines: number[] }) => input);
  const order = { lines: [1] };
  const body = bodyOf(function* () {
    yield* send(order);
  }, new History());
  body.advance("owner", FUEL);
  order.lines.push(2);
  const call = body.barriers.get(path("0"))?.call;
  const first = call?.input as typeof order;
  assert.equal(first, { lines: [1] });
  first.lines.push(3);
  assert.equal(call?.input, { lines: [1] });
});

test("a finished body stays finished, whatever is in its history after that", () => {
  const history = new History();
  const body = bodyOf(payOnce, history);
  body.advance("owner", FUEL);
  history.outcome(stepAt("0", "pay", 1), "paid");
  const end = body.advance("owner", FUEL);
  assert.is(given(end), "paid");
  history.outcome(stepAt("0", "pay", 1), "late");
  assert.equal(body.advance("owner", FUEL), end);
  assert.equal(waits(body), []);
});

test("a compute has no input: it is identified by path, kind and name", () => {
  const body = bodyOf(function* () {
    yield* compute("draw", () => 1);
  }, new History());
  body.advance("owner", FUEL);
  const barrier = body.barriers.get(path("0"));
  assert.equal(barrier?.effect, computeAt("0", "draw"));
  assert.is(barrier?.call?.input, undefined);
});

test.run();
