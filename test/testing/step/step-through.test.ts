import { child, type Gen, random, receive, signal, step, Unserializable, workflow } from "raftoral";
import {
  failTimes,
  provide,
  provideWhen,
  StepThroughError,
  stepThrough,
  TestEngine,
  throwing,
} from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  approve,
  charge,
  Declined,
  fanOut,
  helped,
  processOrder,
  release,
  reserve,
  timed,
} from "./order.ts";

const test = suite("testing: stepThrough");

const order = { id: "o1", cents: 5 };

/** The message of what an expectation throws; anything else is a failure. */
function missed(act: () => unknown): StepThroughError {
  try {
    act();
  } catch (error) {
    if (error instanceof StepThroughError) return error;
    throw error;
  }
  throw new Error("the expectation was met");
}

function charged() {
  const t = stepThrough(processOrder, order);
  t.expect(reserve, order).resolve({ reservationId: "r1" });
  t.expect(charge).resolve({ chargeId: "c1" });
  return t;
}

test("a workflow is stepped effect by effect, to its end", () => {
  const t = stepThrough(processOrder, order);
  t.expectVariable("status", "reserving");
  t.expect(reserve, order).resolve({ reservationId: "r1" });
  t.expectCheckpoint("reserved", { reservationId: "r1" });
  t.expect(charge).resolve({ chargeId: "c1" });
  t.expectVariable("status", "approving");
  t.expectRace({ approved: approve, late: "sleep" }).win("approved", { by: "ann" });
  assert.equal(t.expectDone({ by: "ann", status: "shipped" }), { status: "shipped", by: "ann" });
  t.end();
});

test("a fork goes its own way from the same place", () => {
  const t = charged();
  const late = t.fork();
  t.expectRace({ approved: approve, late: "sleep" }).win("approved", { by: "ann" });
  late.expectRace({ approved: approve, late: "sleep" }).win("late");
  t.expectDone({ status: "shipped", by: "ann" });
  late.expectDone({ status: "late" });
});

test("a rejected step is an error in the workflow, which may clean up", () => {
  const t = stepThrough(processOrder, order);
  t.expect(reserve).resolve({ reservationId: "r1" });
  t.expect(charge).reject(new Declined("no money"));
  t.expect(release, "r1").resolve();
  const error = t.expectFailed(Declined);
  assert.is(error.message, "no money");
  t.expectFailed("Declined");
  t.expectFailed(/money/);
  missed(() => t.expectFailed(TypeError));
});

test("failed attempts are the retry policy's to judge", () => {
  const t = stepThrough(processOrder, order);
  const first = t.expect(reserve).fail({ times: 2, with: new Error("503") });
  assert.is(first.attempt, 3);
  first.resolve({ reservationId: "r1" });
  t.expect(charge).fail({ with: new Error("no") });
  t.expect(release).resolve();
  t.expectFailed(/^no$/);
});

test("the last attempt's failure is the effect's", () => {
  const t = stepThrough(processOrder, order);
  t.expect(reserve).fail({ times: 3, with: new Error("503") });
  t.expectFailed(/503/);
  const u = stepThrough(processOrder, order);
  const control = u.expect(reserve);
  const { message } = missed(() => control.fail({ times: 4, with: new Error("503") }));
  assert.match(message, /no attempt left/);
});

test("an attempt times out where the step has a timeout, and nowhere else", () => {
  const t = stepThrough(processOrder, order);
  assert.match(missed(() => t.expect(reserve).timeOut()).message, /no timeout/);
  t.expect(reserve).resolve({ reservationId: "r1" });
  t.expect(charge).timeOut({ times: 2 });
  t.expect(release).resolve();
  t.expectFailed("TimedOut");
});

test("branches are answered in any order, each on its own", () => {
  const t = stepThrough(fanOut, ["a", "b", "c"]);
  const branches = t.expectAll({ 0: approve, 1: approve, 2: approve });
  assert.equal(branches.labels, ["0", "1", "2"]);
  branches.branch("2").expect(approve, "c").resolve({ by: "cid" });
  branches.branch("0").expect(approve, "a").resolve({ by: "ann" });
  assert.equal(t.current, {
    kind: "all",
    path: "0",
    branches: {
      0: undefined,
      1: { kind: "step", path: "0.1.0", name: "approve", input: "b", attempt: 1 },
      2: undefined,
    },
  });
  t.expect(approve, "b").resolve({ by: "bob" });
  t.expectDone([{ by: "ann" }, { by: "bob" }, { by: "cid" }]);
});

test("of several branches at one step the input tells which is meant", () => {
  const t = stepThrough(fanOut, ["a", "b"]);
  t.expect(approve, "b").resolve({ by: "bob" });
  t.expect(approve, "a").resolve({ by: "ann" });
  t.expectDone([{ by: "ann" }, { by: "bob" }]);
});

test("time passes by timers alone, and exactly", () => {
  const t = stepThrough(timed, undefined, {
    workflowId: "t1",
    at: new Date("2026-03-01T00:00:00Z"),
  });
  const sleep = t.expectSleep("1h");
  assert.is(sleep.durationMs, 3_600_000);
  sleep.elapse();
  t.expectDone({ workflowId: "t1", before: new Date("2026-03-01T00:00:00Z"), hours: 1 });
});

test("a winner that is a helper is stepped to its end", () => {
  const t = stepThrough(helped);
  const race = t.expectRace({ long: "branch", never: approve });
  const { message } = missed(() => race.win("long", 1));
  assert.match(message, /has not won yet/);
  assert.match(message, /compute b/);
  race.branch("long").expectCompute<number>("b").resolve(41);
  t.expectDone(42);
});

test("values go through the codec: what cannot be recorded fails the test where it stands", () => {
  const t = stepThrough(timed);
  t.expectSleep().elapse();
  assert.instance(t.expectDone().before, Date);
  const keep = step("keep", (): unknown => 1);
  const keeping = workflow({
    name: "keeping",
    run: function* () {
      return yield* keep();
    },
  });
  for (const value of [() => 1, Symbol("s"), Promise.resolve(1)]) {
    try {
      stepThrough(keeping).expect(keep).resolve(value);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Unserializable);
    }
  }
});

test("what differs when it is replayed is found at the answer after which it differs", () => {
  let runs = 0;
  const flaky = workflow({
    name: "flaky",
    run: function* () {
      const run = ++runs;
      yield* approve("a");
      if (run === 1) yield* release("r");
      else yield* approve("b");
    },
  });
  const t = stepThrough(flaky);
  const { message } = missed(() => t.expect(approve).resolve({ by: "ann" }));
  assert.match(message, /not deterministic/);
  assert.match(message, /expected: waits for step release/);
  assert.match(message, /actual: {3}waits for step approve/);
  assert.match(message, /source: {3}\S+step-through\.test\.ts:\d+:\d+/);
  runs = 0;
  const u = stepThrough(flaky, undefined, { replay: false });
  u.expect(approve).resolve({ by: "ann" });
  u.expect(release).resolve();
  u.expectDone();
});

test("a fork of a workflow that is not deterministic fails", () => {
  let names = ["x", "y"];
  const drifting = workflow({
    name: "drifting",
    run: function* () {
      yield* approve(names.shift() ?? "z");
    },
  });
  const t = stepThrough(drifting, undefined, { replay: false });
  names = ["other"];
  t.expect(approve, "x");
  t.fork().expect(approve, "other");
  const u = stepThrough(drifting, undefined, { replay: false });
  u.expect(approve).resolve({ by: "a" });
  u.expectDone();
});

test("providers answer what the test is not about", () => {
  const t = stepThrough(processOrder, order);
  const providers = [
    provide(reserve, failTimes(2, new Error("503"), { reservationId: "r9" })),
    provideWhen(charge, ({ cents }) => cents > 100, throwing(new Declined("too much"))),
    provide(charge, { chargeId: "c" }),
    provide(release, undefined),
  ];
  const control = t.runUntil(approve, providers);
  assert.is(control.input, "o1");
  t.expectVariable("status", "approving");
  control.resolve({ by: "ann" });
  t.expectDone();

  const dear = stepThrough(processOrder, { id: "o2", cents: 101 });
  assert.is(dear.runToEnd(providers).kind, "failed");
  dear.expectFailed(Declined);

  const { message } = missed(() => stepThrough(processOrder, order).runUntil(approve, []));
  assert.match(message, /no provider answers/);
});

test("who ends in the middle is told so", () => {
  const t = charged();
  assert.match(missed(() => t.end()).message, /ends while the workflow waits/);
  const u = charged();
  missed(() => u[Symbol.dispose]());
  u[Symbol.dispose]();
});

test("using ends the workflow's test with its block", () => {
  const { message } = missed(() => {
    using t = charged();
    t.expectVariable("status", "approving");
  });
  assert.match(message, /ends while the workflow waits/);
});

test("a failure says what was expected, what is and what was before, at the test's line", () => {
  const t = stepThrough(processOrder, order);
  t.expect(reserve).resolve({ reservationId: "r1" });
  const error = missed(() => t.expect(approve, "o1"));
  assert.match(error.message, /expected: step approve/);
  assert.match(error.message, /actual: {3}step charge\(\{ cents: 5, id: 'o1' \}\)/);
  assert.match(error.message, /answered {2}1 {6}step reserve \{ reservationId: 'r1' \}/);
  const frame = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  assert.match(frame ?? "", /step-through\.test\.ts/);
  const input = missed(() => t.expect(charge, { id: "o2", cents: 5 }));
  assert.equal(input.expected, { id: "o2", cents: 5 });
  assert.equal(input.actual, order);
});

test("a failure says what to do next, wherever the workflow stands", () => {
  const at = (act: (t: ReturnType<typeof charged>) => unknown): string =>
    /^ {2}to do: {4}(.+)$/m.exec(
      missed(() => act(stepThrough(processOrder, order))).message,
    )?.[1] ?? "";
  assert.match(
    at((t) => t.expect(charge)),
    /^\.expect\(reserve\) first, and \.resolve\(…\)/,
  );
  assert.match(
    at((t) => t.end()),
    /^\.expect\(reserve\) first/,
  );
  assert.match(
    at((t) => t.expectDone()),
    /^\.expect\(reserve\) first/,
  );
  const raced = charged();
  assert.match(
    missed(() => raced.expect(charge)).message,
    /to do: {4}\.expectRace\(\{ … \}\)\.win/,
  );
  raced.expectRace({ approved: approve, late: "sleep" }).win("late");
  assert.match(missed(() => raced.expect(charge)).message, /to do: {4}it has ended: \.expectDone/);
  const slept = stepThrough(timed);
  assert.match(missed(() => slept.expect(charge)).message, /to do: {4}\.expectSleep\(\)\.elapse/);
  const failing = stepThrough(throwsAtOnce);
  assert.match(missed(() => failing.expectDone()).message, /its failure, by RangeError: at once/);
  assert.match(
    missed(() => failing.expectDone()).message,
    /to do: {4}it has ended: \.expectFailed/,
  );
  const many = stepThrough(fanOut, ["a", "b"]);
  assert.match(missed(() => many.expect(charge)).message, /to do: {4}answer its branches: 0, 1/);
});

const throwsAtOnce = workflow({
  name: "throws-at-once",
  run: function* (): Gen<void> {
    throw new RangeError("at once");
  },
});

test("a value that cannot be recorded is told at the test's line", () => {
  try {
    stepThrough(fanOut, ["a"])
      .expect(approve)
      // @ts-expect-error A function.
      .resolve({ by: () => "ann" });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Unserializable);
    const frame = String(error instanceof Error && error.stack).split("\n    at ")[1];
    assert.match(frame ?? "", /step-through\.test\.ts/);
  }
});

test("what a run ahead meets and nobody provides for is named; a promise is no answer", () => {
  const { message } = missed(() => stepThrough(asking).runToEnd([]));
  assert.match(message, /actual: {3}receive decision\n {2}to do: {4}provide\(step, …\); or/);
  const t = stepThrough(asking);
  t.runUntilSignal(decision, []).deliver(true);
  t.runUntilChild(fanOut, []).resolve([{ by: "ann" }]);
  t.expectDone("ann");
  assert.match(missed(() => t.runUntilSignal(decision, [])).message, /ended before it waited for/);
  const late = missed(() =>
    stepThrough(fanOut, ["a"]).runToEnd([provide(approve, async () => ({ by: "ann" }))]),
  );
  assert.match(late.message, /the provider of step approve gave a promise/);
});

const decision = signal<boolean>("decision");
const asking = workflow({
  name: "asking",
  run: function* (): Gen<string> {
    yield* receive(decision);
    const [first] = yield* child(fanOut, ["x"]);
    return first?.by ?? "";
  },
});

test("every expectation can fail", () => {
  const t = stepThrough(processOrder, order);
  missed(() => t.expectCompute("x"));
  missed(() => t.expectSleep());
  missed(() => t.expectAll());
  missed(() => t.expectRace({ a: approve }));
  missed(() => t.expectCheckpoint("reserved"));
  missed(() => t.expectVariable("status", "other"));
  missed(() => t.expectVariable("nothing", 1));
  missed(() => t.expectDone());
  missed(() => t.expectFailed());
  const c = t.expect(reserve);
  c.resolve({ reservationId: "r1" });
  assert.match(
    missed(() => c.resolve({ reservationId: "r2" })).message,
    /waits for no answer: it was answered with \{ reservationId: 'r1' \}\n {2}to do: {4}an effect/,
  );
  assert.match(missed(() => c.fail({ with: new Error("x") })).message, /it was answered with/);
  missed(() => t.expectCheckpoint("reserved", { reservationId: "r2" }));
  missed(() => t.expectCheckpoint("reserved"));
  t.expect(charge).resolve({ chargeId: "c" });
  missed(() => t.expectRace({ approved: approve }));
  missed(() => t.expectRace({ approved: approve, late: charge }));
  missed(() => t.expectRace({ approved: approve, other: "sleep" }));
  missed(() => t.expectSleep("2 days"));
  const race = t.expectRace({ approved: approve, late: "sleep" });
  // @ts-expect-error A label that the race does not have.
  missed(() => race.branch("nobody"));
  race.win("late");
  missed(() => t.expectDone({ status: "shipped" }));
});

test("the trace is JSON, the same each time", () => {
  const trace = (): string => {
    const t = charged();
    t.expectRace({ approved: approve, late: "sleep" }).win("late");
    return JSON.stringify(t.trace(), undefined, 1);
  };
  assert.is(trace(), trace());
  assert.equal(JSON.parse(trace())[1], {
    event: "wrote",
    path: "0",
    kind: "variable",
    name: "status",
    value: "reserving",
  });
  assert.equal(
    charged()
      .trace()
      .map(({ event, path }) => `${event} ${path ?? ""}`.trim()),
    [
      "started",
      "wrote 0",
      "asked 1",
      "answered 1",
      "wrote 2",
      "asked 3",
      "answered 3",
      "wrote 4",
      "asked 5.approved.0",
      "asked 5.late.0",
    ],
  );
});

test("values that JSON lacks are in the trace as histories have them, unchangeable", () => {
  const keep = step("keep", (_: bigint) => new Map<string, Date>());
  const keeping = workflow({
    name: "keeping",
    run: function* (n: bigint) {
      return yield* keep(n);
    },
  });
  const t = stepThrough(keeping, 2n);
  const given = new Map([["a", new Date(5)]]);
  t.expect(keep).resolve(given);
  given.clear();
  const answered = t.trace().find(({ event }) => event === "answered");
  const value = JSON.stringify(answered?.value);
  assert.match(value, /^\{"rich":.*1970-01-01T00:00:00.005Z/);
});

test("a loop of effects without a wait ends the test, not the process", () => {
  const endless = workflow({
    name: "endless",
    run: function* () {
      for (;;) yield* random();
    },
  });
  assert.match(missed(() => stepThrough(endless)).message, /runs on and on/);
});

test("what is no workflow is refused by name, by stepping and by the engine", async () => {
  const bare = function* () {};
  assert.throws(
    () => Reflect.apply(stepThrough, undefined, [bare]),
    /no workflow is a function: a workflow is what workflow\(/,
  );
  const made = TestEngine.create({ workflows: [Reflect.get({}, "none")] });
  assert.match(String(await made.catch((error) => error)), /a workflow is what workflow\(/);
});

test.run();
