import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runId } from "../../../src/std/ids.ts";
import { info, log, now, random, uuid } from "../../../src/workflow/dsl/derived.ts";
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
  waits,
} from "./history.ts";

const test = suite("interpreter: derived effects");

const pay = step("pay", (cents: number) => cents);

const clock: Program = function* () {
  const stamps: number[] = [];
  for (let i = 0; i < 3; i++) {
    stamps.push((yield* now()).getTime(), (yield* now()).getTime());
    if (i < 2) yield* pay(i);
  }
  return stamps;
};

const draws: Program = function* () {
  const drawn: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    drawn.push(yield* random(), yield* uuid());
    yield* pay(i);
  }
  return drawn;
};

test("rule 6: now is the stamp of the input at the cursor, and moves with it alone", () => {
  const history = new History();
  history.outcome(stepAt("0", "pay", 0), 0, 5_000);
  history.outcome(stepAt("1", "pay", 1), 1, 5_001);
  const stamps = [1_000, 1_000, 5_000, 5_000, 5_001, 5_001];
  assert.equal(given(bodyOf(clock, history).advance("owner", FUEL)), stamps);
});

test("rule 6: each answer of now is a Date of its own", () => {
  const body = bodyOf(function* () {
    const first = yield* now();
    first.setTime(0);
    return yield* now();
  }, new History());
  assert.equal(given(body.advance("owner", FUEL)), new Date(1_000));
});

test("rule 6: a timer is due at now and its duration, not when it was looked at", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* pay(1);
    yield* sleep("2s");
  }, history);
  history.outcome(stepAt("0", "pay", 1), 1, 7_000);
  body.advance("owner", FUEL);
  const [timer] = body.barriers.values();
  assert.equal(timer?.effect, sleepAt("1", 2_000));
  assert.is(timer?.dueMs, 9_000);
});

test("rule 6: every replay draws alike, and no two draws are equal", () => {
  const history = new History();
  const drawn = given(own(bodyOf(draws, history), history));
  assert.ok(Array.isArray(drawn));
  assert.is(new Set(drawn).size, 6);
  assert.equal(given(bodyOf(draws, history).advance("replay", FUEL)), drawn);
  assert.equal(given(bodyOf(draws, history).advance("standby", FUEL)), drawn);
});

test("rule 6: other runs draw otherwise: another run id, workflow id or start", () => {
  const draw = (change: (history: History) => void): unknown => {
    const history = new History();
    change(history);
    const body = bodyOf(function* () {
      return [yield* random(), yield* uuid()].join();
    }, history);
    return given(body.advance("owner", FUEL));
  };
  const drawn = [
    draw(() => {}),
    draw((history) => {
      history.id = runId("g1-8-0");
    }),
    draw((history) => {
      history.workflowId = "order-8";
    }),
    draw((history) => {
      history.startedAtMs++;
    }),
  ];
  assert.is(new Set(drawn).size, drawn.length);
});

test("rule 6: random lies in [0, 1) and a uuid is one of version 4", () => {
  const body = bodyOf(function* () {
    let sum = 0;
    for (let i = 0; i < 1_000; i++) {
      const unit = yield* random();
      if (!(unit >= 0 && unit < 1)) throw new Error(`${unit}`);
      sum += unit;
    }
    return [sum / 1_000, yield* uuid()];
  }, new History());
  const [mean, id] = given(body.advance("owner", FUEL)) as [number, string];
  assert.ok(mean > 0.45 && mean < 0.55, `${mean}`);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("rule 6: derived effects take no path: they may be added or removed under a history", () => {
  const plain: Program = function* () {
    yield* checkpoint("mark", 1);
    yield* pay(1);
    return yield* pay(2);
  };
  const chatty: Program = function* () {
    yield* log("begins", { run: (yield* info()).runId });
    yield* checkpoint("mark", 1);
    yield* random();
    yield* pay(1);
    yield* log.debug("paid", { at: yield* now(), id: yield* uuid() });
    return yield* pay(2);
  };
  const history = new History();
  assert.is(given(own(bodyOf(plain, history), history, ({ call }) => call?.input)), 2);
  for (const role of ["standby", "replay", "owner"] as const) {
    assert.is(given(bodyOf(chatty, history).advance(role, FUEL)), 2);
  }
});

test("rule 6: random and uuid have a counter of their own: a log changes no draw", () => {
  const drawn = [false, true].map((isChatty) => {
    const body = bodyOf(function* () {
      const first = yield* random();
      if (isChatty) yield* log("drawn");
      if (isChatty) yield* now();
      if (isChatty) yield* checkpoint("mark", 1);
      return [first, yield* random(), yield* uuid()];
    }, new History());
    return given(body.advance("owner", FUEL));
  });
  assert.equal(drawn[0], drawn[1]);
});

test("info is the journal's own: the same on every member", () => {
  const run: Program = function* () {
    return yield* info();
  };
  const told = {
    workflowId: "order-7",
    runId: runId("g1-7-0"),
    name: "order",
    version: 1,
    startedAt: new Date(1_000),
  };
  assert.equal(given(bodyOf(run, new History()).advance("owner", FUEL)), told);
  assert.equal(given(bodyOf(run, new History()).advance("replay", FUEL)), told);
});

test("the owner logs what is new, once: no standby, no replay and no closed stretch logs", () => {
  const program = function* (): Gen<void> {
    yield* log("first", { n: 1 });
    yield* pay(1);
    yield* log.warn("second");
    yield* pay(2);
  };
  const history = new History();
  const owner = bodyOf(program, history);
  owner.advance("owner", FUEL);
  const first = { kind: "log", level: "info", message: "first", fields: { n: 1 } };
  assert.equal(owner.takeLogs(), [first]);
  assert.equal(owner.takeLogs(), []);
  history.restAt(0);
  history.outcome(stepAt("0", "pay", 1));
  const takingOver = bodyOf(program, history);
  assert.equal(takingOver.advance("owner", FUEL), { kind: "blocked" });
  const second = { kind: "log", level: "warn", message: "second", fields: {} };
  assert.equal(takingOver.takeLogs(), [second]);
  for (const role of ["standby", "replay"] as const) {
    const body = bodyOf(program, history);
    body.advance(role, FUEL);
    assert.equal(body.takeLogs(), []);
  }
  assert.equal(waits(takingOver), ["1"]);
});

test.run();
