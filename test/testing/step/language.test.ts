import {
  all,
  allSettled,
  any,
  child,
  continueAsNew,
  fail,
  type Gen,
  map,
  patched,
  receive,
  saga,
  shield,
  signal,
  sleepUntil,
  spawn,
  step,
  variable,
  workflow,
} from "raftoral";
import { provide, StepThroughError, stepThrough } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** The rest of the language, stepped. */
const test = suite("testing: stepThrough, the whole language");

const book = step("book", (_what: string) => ({ id: "" }));
const undo = step("undo", (_id: string) => {});
const notify = step("notify", (_text: string) => {});
const approval = signal<{ readonly ok: boolean }>("approval");

function missed(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof StepThroughError) return error.message;
    throw error;
  }
  throw new Error("the expectation was met");
}

const approve = workflow({
  name: "approve",
  run: function* (): Gen<string> {
    const state = yield* variable("state", "waiting");
    const decision = yield* receive(approval, { timeout: "1 day" });
    yield* state.set("decided");
    return decision === undefined ? "late" : decision.ok ? "yes" : "no";
  },
});

test("a signal is delivered where it is waited for, or times out", () => {
  const t = stepThrough(approve);
  assert.equal(t.current, { kind: "receive", path: "1", name: "approval", timeoutMs: 86_400_000 });
  const late = t.fork();
  t.expectSignal(approval).deliver({ ok: true });
  t.expectDone("yes");
  late.expectSignal(approval).timeout();
  late.expectVariable("state", "decided");
  late.expectDone("late");
  missed(() => late.signal(approval, { ok: true }));
});

test("a signal that nobody waits for yet is kept until it is read", () => {
  const two = workflow({
    name: "two",
    run: function* (): Gen<boolean[]> {
      yield* notify("first");
      const a = yield* receive(approval);
      const b = yield* receive(approval);
      return [a.ok, b.ok];
    },
  });
  const t = stepThrough(two);
  t.signal(approval, { ok: true });
  t.expect(notify).resolve();
  assert.match(
    missed(() => t.expectSignal(approval).timeout()),
    /no timeout/,
  );
  t.signal(approval, { ok: false });
  t.expectDone([true, false]);
});

test("cancellation throws where the workflow waits, and its clean-up is stepped", () => {
  const cleaning = workflow({
    name: "cleaning",
    run: function* (): Gen<void> {
      const { id } = yield* book("room");
      try {
        yield* receive(approval);
      } finally {
        yield* shield(function* () {
          yield* undo(id);
        });
      }
    },
  });
  const t = stepThrough(cleaning);
  t.expect(book).resolve({ id: "r1" });
  t.cancel("changed my mind");
  t.expect(undo, "r1").resolve();
  t.expectCancelled("changed my mind");
  missed(() => t.expectDone());
  missed(() => t.expectFailed());
  missed(() => t.expectCancelled("other"));
});

const trip = workflow({
  name: "trip",
  run: function* (stops: readonly string[]): Gen<string[]> {
    return yield* saga(function* (s) {
      const ids: string[] = [];
      for (const stop of stops) {
        const { id } = yield* s.run(book(stop), (booked) => undo(booked.id));
        ids.push(id);
      }
      return ids;
    });
  },
});

test("a saga's compensations are stepped like other effects, the last first", () => {
  const t = stepThrough(trip, ["a", "b", "c"]);
  t.expect(book, "a").resolve({ id: "1" });
  t.expect(book, "b").resolve({ id: "2" });
  const well = t.fork();
  t.expect(book, "c").reject(new Error("full"));
  t.expect(undo, "2").resolve();
  assert.match(
    missed(() => t.expectCompensated(undo)),
    /not undone so/,
  );
  t.expect(undo, "1").resolve();
  t.expectFailed(/full/);
  t.expectCompensated(undo, undo);
  assert.match(
    missed(() => t.expectCompensated(undo, undo, undo)),
    /book, then undo, then undo/,
  );
  well.expect(book, "c").resolve({ id: "3" });
  well.expectDone(["1", "2", "3"]);
});

test("a task is told from the body that spawned it", () => {
  const both = workflow({
    name: "both",
    run: function* (): Gen<string> {
      const task = yield* spawn(book("room"));
      const own = yield* book("flight");
      return `${(yield* task.join()).id} ${own.id}`;
    },
  });
  const t = stepThrough(both);
  assert.match(
    missed(() => t.expectSpawn(book, "flight")),
    /no task waits there/,
  );
  t.expectSpawn(book, "room").resolve({ id: "r" });
  assert.match(
    missed(() => t.expectSpawn(book)),
    /a task at step book/,
  );
  t.expect(book, "flight").resolve({ id: "f" });
  t.expectDone("r f");
});

test("tasks are answered beside the body that spawned them", () => {
  const tasks = workflow({
    name: "tasks",
    run: function* (): Gen<string> {
      const task = yield* spawn(book("room"));
      yield* notify("working");
      return (yield* task.join()).id;
    },
  });
  const t = stepThrough(tasks);
  t.expect(notify).resolve();
  assert.is(t.current.kind, "join");
  t.expect(book, "room").resolve({ id: "r" });
  t.expectDone("r");
});

test("map, allSettled and any are branches too", () => {
  const many = workflow({
    name: "many",
    run: function* (): Gen<unknown> {
      const mapped = yield* map(["a", "b", "c"], (what) => book(what), { concurrency: 2 });
      const settled = yield* allSettled([book("d"), book("e")]);
      const first = yield* any({ x: book("x"), y: book("y") });
      return {
        mapped: mapped.length,
        settled: settled.map(({ status }) => status),
        first: first.tag,
      };
    },
  });
  const t = stepThrough(many);
  t.expectAll().branch("1").expect(book, "b").resolve({ id: "2" });
  t.expect(book, "c").resolve({ id: "3" });
  t.expect(book, "a").resolve({ id: "1" });
  t.expect(book, "d").reject(new Error("no"));
  t.expect(book, "e").resolve({ id: "5" });
  t.expectAny({ x: book, y: book }).branch("x").expect(book).reject(new Error("no"));
  t.expectAny({ x: book, y: book }).win("y", { id: "y" });
  t.expectDone({ mapped: 3, settled: ["rejected", "fulfilled"], first: "y" });
});

test("a race of a signal and a timer is won by either", () => {
  const until = new Date("2020-01-02T00:00:00Z");
  const racing = workflow({
    name: "racing",
    run: function* (): Gen<string> {
      const first = yield* all([approvalOr(until)]);
      return first[0];
    },
  });
  const t = stepThrough(racing);
  assert.is(t.expectSleep().durationMs, 86_400_000);
  t.expectSleep().elapse();
  t.expectDone("late");
});

function* approvalOr(until: Date): Gen<string> {
  yield* sleepUntil(until);
  return "late";
}

test("a child is answered by its end, or by its start where no more is waited for", () => {
  const parent = workflow({
    name: "parent",
    run: function* (): Gen<unknown> {
      const stops = yield* child(trip, ["a"]);
      const other = yield* child.start(trip, ["b"], { id: "trip-b" });
      return [stops, other.workflowId];
    },
  });
  const t = stepThrough(parent);
  assert.match(
    missed(() => t.expectChild(trip, ["z"])),
    /another input/,
  );
  assert.match(
    missed(() => t.expectChild(trip).started()),
    /waits for the end/,
  );
  t.expectChild(trip, ["a"]).resolve(["1"]);
  const second = t.expectChild(trip, ["b"]);
  assert.is(second.workflowId, "trip-b");
  assert.match(
    missed(() => second.resolve(["2"])),
    /no longer than its start/,
  );
  second.started();
  t.expectDone([["1"], "trip-b"]);
});

test("a run that goes on as new ends with the next one's input", () => {
  const counting = workflow({
    name: "counting",
    run: function* (count: number): Gen<void> {
      yield* notify(String(count));
      yield* continueAsNew(count + 1);
    },
  });
  const t = stepThrough(counting, 1);
  t.expect(notify).resolve();
  assert.is(t.expectContinuedAsNew(2), 2);
  missed(() => t.expectContinuedAsNew(3));
  missed(() => t.expectDone());
});

test("patched is true in a run that begins with this code, and replays alike", () => {
  const patching = workflow({
    name: "patching",
    run: function* (): Gen<string> {
      const isNew = yield* patched("tell");
      if (isNew) yield* notify("new");
      return "end";
    },
  });
  const t = stepThrough(patching);
  t.expect(notify, "new").resolve();
  t.expectDone("end");
});

test("fail ends a run for good", () => {
  const failing = workflow({
    name: "failing",
    run: function* (): Gen<void> {
      yield* notify("x");
      yield* fail(new RangeError("out"));
    },
  });
  const t = stepThrough(failing);
  assert.is(t.runToEnd([provide(notify, undefined)]).kind, "failed");
  t.expectFailed(RangeError);
});

test.run();
