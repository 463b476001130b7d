import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { log, now, random, uuid } from "../../../src/workflow/dsl/derived.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute, step } from "../../../src/workflow/dsl/step.ts";
import { checkpoint, variable } from "../../../src/workflow/dsl/write-behind.ts";
import {
  type Answers,
  bodyOf,
  codec,
  FUEL,
  first,
  given,
  History,
  last,
  own,
  type Program,
  stepAt,
  waits,
} from "./history.ts";

const test = suite("interpreter: takeover and replay");

const add = step("add", ([sum, next]: readonly [number, number]) => sum + next);

function* sumTo20(): Gen<unknown> {
  let sum = 0;
  for (let next = 1; next <= 20; next++) sum = yield* add([sum, next]);
  return sum;
}

const adding: Answers = ({ call }) =>
  Array.isArray(call?.input) ? call.input.reduce((sum, next) => sum + next, 0) : undefined;

/** Something of everything. */
function* order(): Gen<unknown> {
  const status = yield* variable("status", "new");
  const seen: unknown[] = [status.value, yield* random()];
  const quotes = yield* all({
    a: function* () {
      const cents = yield* compute("quote a", () => 1);
      yield* status.update((was) => `${was}, a`);
      return cents;
    },
    b: function* () {
      yield* checkpoint("asks b", yield* uuid());
      return yield* compute("quote b", () => 2);
    },
  });
  seen.push(quotes, status.value, yield* now());
  for (let i = 0; i < 3; i++) {
    const winner = yield* race({
      paid: add([i, 1]),
      late: sleep("1 day"),
      both: () => all([sleep(5), sleep(6)]),
    });
    yield* log("round", { winner });
    seen.push(yield* checkpoint(`round ${i}`, winner.tag), yield* random());
    yield* status.set(`round ${i}`);
  }
  return { seen, status: status.value, last: yield* checkpoint("last", (yield* now()).getTime()) };
}

/** Fixed by the effect alone, so that every owner answers alike. */
const answering: Answers = ({ effect }) => `${effect.kind} ${effect.name} at ${effect.path}`;

/** What a run leaves behind, whoever owned it when. */
const traceOf = ({ inputs, writes }: History) => ({
  inputs: inputs.map((i) => (i.kind === "outcome" ? [i.atMs, i.effect, i.outcome] : [i.atMs])),
  writes: [...writes.values()].map(({ position: _, ...write }) => write),
});

test("rule 19: a standby takes over in the middle of sum(1..20), and the sum is 210", () => {
  const history = new History();
  const owner = bodyOf(sumTo20, history);
  const standby = bodyOf(sumTo20, history);
  for (let i = 0; i < 10; i++) {
    owner.advance("owner", FUEL);
    history.restAt(owner.rested);
    standby.advance("standby", FUEL);
    const [barrier] = owner.barriers.values();
    if (barrier !== undefined) history.outcome(barrier.effect, adding(barrier));
  }
  assert.equal(standby.advance("standby", FUEL), { kind: "behind" });
  assert.equal(waits(standby), ["9"]);
  assert.is(given(own(standby, history, adding)), 210);
  assert.is(history.inputs.length, 21);
});

for (const [name, program, answers, pick] of [
  ["sum(1..20)", sumTo20, adding, first],
  ["an order", order, answering, first],
  ["an order, what was asked for last answered first", order, answering, last],
] as const) {
  test(`the law: replays and standbys give what the owner had (${name})`, () => {
    const history = new History();
    const end = own(bodyOf(program, history), history, answers, pick);
    assert.is(end.kind, "finished");
    for (const role of ["replay", "standby"] as const) {
      const body = bodyOf(program, history);
      assert.equal(body.advance(role, FUEL), end);
      assert.is(body.mismatches, 0);
      assert.equal(body.takeWrites(), []);
    }
  });

  test(`the law: whoever takes over wherever, the run ends as it would have (${name})`, () => {
    const whole = new History();
    const end = own(bodyOf(program, whole), whole, answers, pick);
    for (let records = 1; records <= whole.next; records++) {
      const cut = whole.first(records);
      const standby = bodyOf(program, cut);
      standby.advance("standby", FUEL);
      assert.equal(own(standby, cut, answers, pick), end, `after ${records} records`);
      assert.is(standby.mismatches, 0);
      assert.equal(traceOf(cut), traceOf(whole), `after ${records} records`);
    }
  });

  test(`the law: an owner for every record, one after the other (${name})`, () => {
    const whole = new History();
    const end = own(bodyOf(program, whole), whole, answers, pick);
    let history = new History();
    for (let owners = 1; owners <= whole.next; owners++) {
      own(bodyOf(program, history), history, answers, pick);
      history = history.first(owners);
    }
    assert.equal(own(bodyOf(program, history), history, answers, pick), end);
    assert.equal(traceOf(history), traceOf(whole));
  });

  test(`rule 1: fed a record at a time, no body is ever ahead of its journal (${name})`, () => {
    const whole = new History();
    const end = own(bodyOf(program, whole), whole, answers, pick);
    const growing = new History();
    growing.inputs.pop();
    const replay = bodyOf(program, growing);
    for (let records = 1; records <= whole.next; records++) {
      const { inputs, writes, through } = whole.first(records);
      growing.inputs.splice(0, growing.inputs.length, ...inputs);
      for (const write of writes.values()) growing.record(write);
      growing.through = through;
      const { kind } = replay.advance("replay", FUEL);
      assert.ok(["stuck", "blocked", "finished"].includes(kind), `${kind} at ${records}`);
      assert.ok(replay.cursor < records);
      assert.equal(replay.takeWrites(), []);
    }
    assert.equal(replay.advance("replay", FUEL), end);
  });
}

test("rule 17: a demoted owner at rest follows on from its journal, and may own again", () => {
  const history = new History();
  const body = bodyOf(sumTo20, history);
  body.advance("owner", FUEL);
  history.restAt(body.rested);
  const other = bodyOf(sumTo20, history);
  for (let i = 0; i < 5; i++) {
    other.advance("owner", FUEL);
    const [barrier] = other.barriers.values();
    if (barrier !== undefined) history.outcome(barrier.effect, adding(barrier));
    history.restAt(other.rested);
    body.advance("standby", FUEL);
  }
  assert.equal(body.advance("standby", FUEL), { kind: "behind" });
  assert.is(given(own(body, history, adding)), 210);
});

test("rule 4: a program that asks the group the other way round diverges on every member", () => {
  const swapped: Program = function* () {
    yield* checkpoint("mark", 1);
    return yield* add([0, 1]);
  };
  const asRecorded: Program = function* () {
    const sum = yield* add([0, 1]);
    yield* checkpoint("mark", 1);
    return sum;
  };
  const history = new History();
  own(bodyOf(asRecorded, history), history, adding);
  for (const role of ["owner", "standby", "replay"] as const) {
    const body = bodyOf(swapped, history);
    assert.is(body.advance(role, FUEL).kind, "diverged");
    assert.is(body.divergence?.path, "0");
  }
});

test("rule 19: a program whose step has another input diverges where its outcome is fed", () => {
  const history = new History();
  history.restAt(history.outcome(stepAt("0", "add", [0, 1]), 1));
  const body = bodyOf(function* () {
    return yield* add([0, 2]);
  }, history);
  assert.is(body.advance("standby", FUEL).kind, "diverged");
  assert.is(body.divergence?.actual, `step add with input ${codec.hash([0, 2])}`);
});

test.run();
