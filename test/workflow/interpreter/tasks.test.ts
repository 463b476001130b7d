import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import type { Gen, Task } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { step } from "../../../src/workflow/dsl/step.ts";
import { spawn } from "../../../src/workflow/dsl/task.ts";
import { bodyOf, FUEL, given, History, own, sleepAt, stepAt, thrownBy, waits } from "./history.ts";

const test = suite("interpreter: tasks");

const pay = step("pay", (cents: number) => cents);

test("a task runs beside its spawner; join gives its value, as often as it is asked", () => {
  const history = new History();
  const body = bodyOf(function* () {
    const task = yield* spawn(pay(1));
    yield* pay(2);
    return [yield* task.join(), yield* task.join()];
  }, history);
  body.advance("owner", FUEL);
  assert.equal(waits(body), ["1", "0.0.0"]);
  assert.equal(given(own(body, history, ({ effect }) => effect.path)), ["0.0.0", "0.0.0"]);
});

test("join throws what the task threw, falsy things too", () => {
  for (const thrown of [new Error("no"), 0, undefined, ""]) {
    const body = bodyOf(function* () {
      const task = yield* spawn(function* (): Gen<number> {
        if (yield* isTrue()) throw thrown;
        return 1;
      });
      try {
        yield* task.join();
      } catch (error) {
        return Object.is(error, thrown);
      }
      return "nothing";
    }, new History());
    assert.is(given(body.advance("owner", FUEL)), true);
  }
});

function* isTrue(): Gen<boolean> {
  return true;
}

test("the root's end ends its tasks, and does not wait for them", () => {
  const body = bodyOf(function* () {
    yield* spawn(sleep(1_000));
    return 1;
  }, new History());
  assert.is(given(body.advance("owner", FUEL)), 1);
  assert.equal(waits(body), []);
});

test("a branch's end cancels its tasks; their clean-up may use effects", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* all([
      function* (): Gen<void> {
        yield* spawn(function* () {
          try {
            yield* sleep(1_000);
          } finally {
            yield* pay(1);
          }
        });
        yield* sleep(5);
      },
    ]);
    yield* sleep(6);
  }, history);
  body.advance("owner", FUEL);
  history.outcome(sleepAt("0.0.1", 5));
  body.advance("owner", FUEL);
  assert.equal([...waits(body)].sort(), ["0.0.0.0.1", "1"]);
});

test("a branch that lost takes its tasks with it, once each", () => {
  const history = new History();
  const trace: string[] = [];
  const body = bodyOf(function* () {
    yield* race([
      sleep(5),
      function* () {
        const task = yield* spawn(function* () {
          try {
            yield* sleep(60);
          } catch {
            trace.push("task");
            yield* pay(1);
            trace.push("cleaned");
          }
        });
        yield* task.join();
      },
    ]);
    yield* sleep(100);
  }, history);
  history.outcome(sleepAt("0.0.0", 5));
  history.outcome(stepAt("0.1.0.0.1", "pay", 1));
  body.advance("owner", FUEL);
  assert.equal(trace, ["task", "cleaned"]);
});

test("task.cancel throws Cancelled where the task waits; join hears of it", () => {
  const history = new History();
  history.outcome(sleepAt("1", 0));
  const body = bodyOf(function* () {
    const task = yield* spawn(sleep(1_000));
    yield* sleep(0);
    yield* task.cancel("enough");
    yield* task.join();
  }, history);
  assert.match(thrownBy(body.advance("owner", FUEL)), /^Cancelled: enough/);
});

test("a task of another body, and a task that joins itself, are told", () => {
  let foreign: Task<void> | undefined;
  bodyOf(function* () {
    foreign = yield* spawn(sleep(1));
    yield* sleep(1);
  }, new History()).advance("owner", FUEL);
  const body = bodyOf(function* () {
    yield* foreign?.join() ?? sleep(1);
  }, new History());
  assert.match(thrownBy(body.advance("owner", FUEL)), /another run/);
  const selfish = bodyOf(function* () {
    let own: Task<unknown> | undefined;
    const task: Task<unknown> = yield* spawn(function* () {
      yield* own?.join() ?? sleep(1);
    });
    own = task;
    yield* task.join();
  }, new History());
  assert.match(thrownBy(selfish.advance("owner", FUEL)), /joins itself/);
});

test("a task that failed, and that nobody joined, is logged: once, by the owner", () => {
  const program = function* (): Gen<number> {
    yield* spawn(function* (): Gen<void> {
      yield* sleep(0);
      throw new Error("unheard");
    });
    yield* sleep(5);
    return 1;
  };
  const history = new History();
  history.outcome(sleepAt("0.0.0", 0));
  history.outcome(sleepAt("1", 5));
  const body = bodyOf(program, history);
  assert.is(given(body.advance("owner", FUEL)), 1);
  const [line] = body.takeLogs();
  assert.is(line?.level, "warn");
  assert.match(line?.message ?? "", /unheard/);
  history.restAt(body.rested);
  const replay = bodyOf(program, history);
  replay.advance("replay", FUEL);
  assert.equal(replay.takeLogs(), []);
});

test.run();
