import {
  all,
  child,
  compute,
  continueAsNew,
  type Gen,
  now,
  receive,
  signal,
  sleep,
  step,
  Unserializable,
  variable,
  WorkflowCancelled,
  WorkflowConflict,
  WorkflowFailed,
  WorkflowTimedOut,
  workflow,
} from "raftoral";
import {
  failTimes,
  hanging,
  provide,
  provideCompute,
  provideWhen,
  replayHistory,
  TestEngine,
  TestEngineError,
  throwing,
  waitingFor,
} from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { approve, charge, Declined, processOrder, release, reserve, timed } from "../step/order.ts";

const test = suite("testing: TestEngine");

const order = { id: "o1", cents: 5 };
const answers = [
  provide(reserve, { reservationId: "r1" }),
  provide(charge, { chargeId: "c1" }),
  provide(release, undefined),
];

/** What a promise rejects with; a value is a failure. */
async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => {
      throw new Error(`it gave ${JSON.stringify(value)}`);
    },
    (error) => error,
  );
}

async function missed(promise: Promise<unknown>): Promise<TestEngineError> {
  const error = await thrown(promise);
  if (error instanceof TestEngineError) return error;
  throw error;
}

test("a run goes to its end, its effects answered, and is looked at afterwards", async () => {
  const engine = await TestEngine.create({
    workflows: [processOrder],
    provide: [...answers, provide(approve, { by: "ann" })],
  });
  const run = await engine.start(processOrder, order, { id: "o1" });
  assert.equal(await run.result(), { status: "shipped", by: "ann" });
  assert.is(run.status, "completed");
  assert.is(run.variable("status"), "done");
  const [call] = run.calls(charge);
  assert.equal(call?.input, order);
  assert.equal(call?.outcome, { ok: true, value: { chargeId: "c1" } });
  assert.is(replayHistory(run.history(), [processOrder]).kind, "ok");
});

test("a step without a provider runs its own body, a compute its provider", async () => {
  const double = step("double", async (n: number) => n * 2);
  const sum = workflow({
    name: "sum",
    run: function* (n: number) {
      return (yield* double(n)) + (yield* compute("one", () => 1));
    },
  });
  const engine = await TestEngine.create({
    workflows: [sum],
    provide: [provideCompute("one", 100)],
  });
  const run = await engine.start(sum, 3);
  assert.is(await run.result(), 106);
  assert.is(run.calls("one").length, 1);
});

test("failed attempts go through the real retry policy, in virtual time", async () => {
  const engine = await TestEngine.create({
    workflows: [processOrder],
    provide: [
      provide(reserve, failTimes(2, new Error("503"), { reservationId: "r1" })),
      provideWhen(charge, ({ cents }) => cents > 1_000_000, throwing(new Declined("too much"))),
      ...answers,
    ],
  });
  const run = await engine.start(processOrder, { id: "o1", cents: 2_000_000 });
  const error = await thrown(run.result());
  assert.instance(error, WorkflowFailed);
  assert.match(String(error instanceof Error && error.cause), /too much/);
  assert.equal(
    run.calls(reserve).map(({ attempt, outcome }) => [attempt, outcome?.ok]),
    [
      [1, false],
      [2, false],
      [3, true],
    ],
  );
  assert.is(new Set(run.calls(reserve).map(({ idempotencyKey }) => idempotencyKey)).size, 1);
  assert.is(run.calls(release).length, 1);
});

test("until a place, then a signal: no sleep, no polling", async () => {
  const decision = signal<boolean>("decision");
  const asking = workflow({
    name: "asking",
    run: function* () {
      const status = yield* variable("status", "asked");
      yield* sleep("3 days");
      const isOk = yield* receive(decision, { timeout: "1 day" });
      yield* status.set(String(isOk));
      return isOk;
    },
  });
  const engine = await TestEngine.create({ workflows: [asking] });
  const answered = await engine.start(asking);
  await answered.until(waitingFor(decision));
  assert.is(answered.variable("status"), "asked");
  assert.is(engine.clock.now.toISOString(), "2020-01-04T00:00:00.000Z");
  await answered.signal(decision, true);
  assert.is(await answered.result(), true);
  const ignored = await engine.start(asking);
  await ignored.until(waitingFor("sleep"));
  await ignored.until(waitingFor(decision));
  await engine.clock.advance({ hours: 23 });
  assert.is(ignored.status, "running");
  await engine.clock.advance({ hours: 1 });
  assert.is(ignored.status, "completed");
  assert.is(await ignored.result(), undefined);
});

test("what was begun first does not run away with the time of what comes next", async () => {
  const engine = await TestEngine.create({
    workflows: [processOrder],
    provide: [...answers, provide(approve, hanging())],
  });
  const run = await engine.start(processOrder, order);
  const result = run.result();
  await run.until(waitingFor(approve, "o1"));
  await engine.clock.advance("23h");
  assert.is(run.status, "running");
  assert.equal(await result, { status: "late" });
});

test("time stands still without auto-advance, and the failure says what to do", async () => {
  const engine = await TestEngine.create({ workflows: [timed], autoAdvance: false });
  const run = await engine.start(timed, undefined, { id: "t" });
  const { message } = await missed(run.result());
  assert.match(message, /nothing more happens to t until engine\.clock\.advance\("1h"\)/);
  assert.match(message, /actual: {3}sleep of 3600000 ms/);
  await engine.clock.advance("1h");
  assert.equal(await run.result(), { workflowId: "t", before: START, hours: 1 });
});

const START = new Date("2020-01-01T00:00:00Z");

test("a run that will not come to a place says where it is, and what was before", async () => {
  const never = signal("never");
  const stuck = workflow({
    name: "stuck",
    run: function* () {
      yield* approve("x");
      yield* receive(never);
    },
  });
  const provided = [provide(approve, { by: "ann" })];
  const engine = await TestEngine.create({ workflows: [stuck], provide: provided });
  const run = await engine.start(stuck);
  const { message, stack } = await missed(run.result());
  assert.match(message, /nothing more happens to stuck-1\n {2}expected: its end/);
  assert.match(message, /actual: {3}receive never\n {2}to do: {4}run\.signal\(never, …\)/);
  assert.match(message, /step approve\('x'\) → \{ by: 'ann' \}/);
  assert.match(stack?.split("\n    at ")[1] ?? "", /test-engine\.test\.ts/);
  const missing = await missed(run.until(waitingFor(charge)));
  assert.match(missing.message, /expected: step charge/);
  await run.signal(never);
  await run.result();
  const late = await missed(run.until(waitingFor(never)));
  assert.match(late.message, /has ended before/);
  assert.match(String(await thrown(run.signal(never))), /nothing more comes to it/);
});

const flaky = (next: () => number, use: "input" | "write" | "end" | "name" | "wait") =>
  workflow({
    name: "flaky",
    run: function* () {
      const value = next();
      if (use === "input") yield* approve(`order ${value}`);
      if (use === "write") yield* variable("value", value);
      if (use === "name") yield* value === 1 ? approve("x") : release("x");
      if (use === "wait" && value === 1) yield* sleep(1_000);
      return use === "end" ? value : 0;
    },
  });

for (const [use, path, before, after] of [
  ["input", "0", "step approve('order 1')", "step approve('order 2')"],
  ["write", "0", "variable value = 1", /^variable value = [2-9]$/],
  ["end", "", "its end, with 1", /^its end, with [2-9]$/],
  ["name", "0", "step approve('x')", "step release('x')"],
  ["wait", "0", "sleep of 1000 ms", "nothing"],
] as const) {
  test(`what a body gets from outside of its effects fails the test: ${use}`, async () => {
    let count = 0;
    const undeclared = flaky(() => ++count, use);
    const provided = [provide(approve, { by: "ann" }), provide(release, undefined)];
    const engine = await TestEngine.create({ workflows: [undeclared], provide: provided });
    const error = await missed(engine.start(undeclared).then((run) => run.result()));
    assert.match(error.message, /the workflow is not deterministic/);
    if (path !== "") assert.match(error.message, `replayed to ${path},`);
    assert.is(error.expected, before);
    assert.match(String(error.actual), after);
    const hasPlace = use === "input" || use === "name";
    if (hasPlace) assert.match(error.message, /source: {3}\S+test-engine\.test\.ts:\d+:\d+/);
    count = 0;
    const calm = await TestEngine.create({
      workflows: [undeclared],
      provide: provided,
      replay: false,
    });
    await (await calm.start(undeclared)).result();
  });
}

test("values go through the codec: none arrives that could not be recorded", async () => {
  class Money {
    readonly cents = 5;
  }
  const give = step("give", (): unknown => undefined);
  const giving = workflow({
    name: "giving",
    run: function* (input: unknown) {
      const given = yield* give();
      return [given, input];
    },
  });
  const date = new Date(5);
  const engine = await TestEngine.create({ workflows: [giving], provide: [provide(give, date)] });
  const run = await engine.start(giving, new Map([["a", date]]));
  const [given, input] = await run.result();
  assert.equal(given, date);
  assert.is.not(given, date);
  assert.equal(input, new Map([["a", date]]));
  for (const value of [new Money(), () => () => 1, Symbol("s")]) {
    engine.provide(provide(give, () => value));
    const error = await thrown((await engine.start(giving, 1)).result());
    assert.match(String(error instanceof Error && error.cause), /Unserializable/);
  }
  assert.instance(await thrown(engine.start(giving, () => 1)), Unserializable);
});

test("a cancellation is cleaned up after; a run can be terminated, and time out", async () => {
  const cleaning = workflow({
    name: "cleaning",
    run: function* () {
      try {
        yield* sleep("10 days");
      } finally {
        yield* release("r");
      }
    },
  });
  const engine = await TestEngine.create({ workflows: [cleaning], provide: answers });
  const run = await engine.start(cleaning);
  await run.until(waitingFor("sleep"));
  await run.cancel("no");
  assert.instance(await thrown(run.result()), WorkflowCancelled);
  assert.is(run.calls(release).length, 1);
  const dead = await engine.start(cleaning);
  await dead.terminate("stop");
  assert.match(String(await thrown(dead.result())), /terminated: stop/);
  const late = await engine.start(cleaning, undefined, { timeout: "1 day" });
  assert.instance(await thrown(late.result()), WorkflowTimedOut);
});

test("children are runs too, and a chain goes on under one id", async () => {
  const part = workflow({
    name: "part",
    run: function* (n: number) {
      return n + (yield* compute("plus", () => 1));
    },
  });
  const sum = workflow({
    name: "sum",
    run: function* (left: number): Gen<number> {
      yield* compute("own", () => left);
      const [a, b] = yield* all([child(part, left), child(part, 10)]);
      if (left > 0) return yield* continueAsNew(left - 1);
      return a + b;
    },
  });
  const engine = await TestEngine.create({ workflows: [part, sum] });
  const run = await engine.start(sum, 2, { id: "s" });
  await run.until(waitingFor(part, 1));
  const [header = ""] = run.history();
  assert.is(await run.result(), 12);
  assert.not.match(run.print(), "attempt");
  const first = engine.get(sum, JSON.parse(header).runId);
  assert.is(first.status, "continued");
  assert.match(first.print(), /started with 1/);
  assert.is(replayHistory(first.history(), [sum]).kind, "ok");
  assert.is(engine.runs(part).length, 6);
  assert.is(engine.runs(sum).length, 1);
  assert.is(engine.calls("plus").length, 6);
});

test("an attempt that hangs times out in virtual time; a real one is waited for", async () => {
  const slow = step("slow", () => new Promise<string>((done) => setTimeout(done, 5, "real")), {
    timeout: "10s",
    retry: { attempts: 2 },
  });
  const one = workflow({
    name: "one",
    run: function* () {
      const began = yield* now();
      const value = yield* slow();
      return { value, tookMs: (yield* now()).getTime() - began.getTime() };
    },
  });
  const engine = await TestEngine.create({ workflows: [one] });
  assert.equal(await (await engine.start(one)).result(), { value: "real", tookMs: 0 });
  engine.provide(provide(slow, (_, { attempt }) => (attempt === 1 ? hanging()() : "second")));
  const run = await engine.start(one);
  const { value, tookMs } = await run.result();
  assert.is(value, "second");
  assert.ok(tookMs >= 10_000 && tookMs < 11_000, `${tookMs} ms`);
  assert.is(run.calls(slow)[0]?.outcome, undefined);
});

test("a step with a schema may hang too: its time passes in virtual time", async () => {
  const slow = step("slow", (_: string) => "", { timeout: "1h", input: handMade });
  const one = workflow({
    name: "one",
    run: function* () {
      return yield* slow("x");
    },
  });
  const engine = await TestEngine.create({ workflows: [one], provide: [provide(slow, hanging())] });
  const error = await thrown((await engine.start(one)).result());
  assert.match(String(error instanceof Error && error.cause), /TimedOut/);
});

/** Takes everything, a little later. */
const handMade = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate: async (value: unknown) => ({ value: String(value) }),
    types: undefined as { input: string; output: string } | undefined,
  },
} as const;

test("no real timer is used where no effect body uses one", async () => {
  const { setTimeout, setImmediate } = globalThis;
  const refuse = (): never => {
    throw new Error("a real timer");
  };
  Object.assign(globalThis, { setTimeout: refuse, setImmediate: refuse });
  try {
    const engine = await TestEngine.create({
      workflows: [processOrder],
      provide: [...answers, provide(approve, hanging())],
    });
    assert.equal(await (await engine.start(processOrder, order)).result(), { status: "late" });
  } finally {
    Object.assign(globalThis, { setTimeout, setImmediate });
  }
});

test("a process that is lost does what was under way again, with the same key", async () => {
  const engine = await TestEngine.create({
    workflows: [processOrder],
    provide: [
      provide(approve, (_, { attempt }) => (attempt === 1 ? hanging()() : { by: "ann" })),
      ...answers,
    ],
  });
  const run = await engine.start(processOrder, order);
  await run.until(waitingFor(approve));
  await engine.crash(run.workflowId);
  assert.equal(await run.result(), { status: "shipped", by: "ann" });
  const [first, second] = run.calls(approve);
  assert.equal([first?.attempt, second?.attempt], [1, 2]);
  assert.is(first?.idempotencyKey, second?.idempotencyKey);
});

test("the same id with another input is a conflict; an unknown workflow is refused", async () => {
  const engine = await TestEngine.create({ workflows: [timed], provide: answers });
  await engine.start(timed, undefined, { id: "a" });
  await engine.start(timed, undefined, { id: "a" });
  assert.match(String(await thrown(engine.start(processOrder, order))), /give it to TestEngine/);
  const both = await TestEngine.create({ workflows: [timed, processOrder], provide: answers });
  await both.start(timed, undefined, { id: "a" });
  assert.instance(await thrown(both.start(processOrder, order, { id: "a" })), WorkflowConflict);
  assert.match(
    String(await thrown(TestEngine.create({ workflows: [timed, timed] }))),
    /two workflows are registered/,
  );
});

test("the timeline and the history are the same each time", async () => {
  const play = async () => {
    const engine = await TestEngine.create({
      workflows: [processOrder],
      provide: [
        provide(charge, failTimes(1, new Error("503"), { chargeId: "c1" })),
        ...answers,
        provide(approve, hanging()),
      ],
    });
    const run = await engine.start(processOrder, order, { id: "o1" });
    await run.result();
    return run;
  };
  const [one, two] = [await play(), await play()];
  assert.equal(one.history(), two.history());
  assert.is(one.print(), two.print());
  assert.is(one.print(), TIMELINE);
});

const TIMELINE = `
process-order@1 o1
  +0                      started with { cents: 5, id: 'o1' }
  +0         0            variable status = 'reserving'
  +0         1            step reserve({ cents: 5, id: 'o1' }) → { reservationId: 'r1' }
  +0         2            checkpoint reserved = { reservationId: 'r1' }
                            attempt 1 ✗ Error: 503
  +100ms     3            step charge({ cents: 5, id: 'o1' }) → { chargeId: 'c1' }
  +100ms     4            set status = 'approving'
  +1d 100ms  5.late.0     sleep
  +1d 100ms  6            set status = 'done'
  +1d 100ms               completed with { status: 'late' }
`.trim();

test("a crash matrix plays the scenario with a takeover at every entry", async () => {
  const engine = await TestEngine.create({
    workflows: [processOrder],
    provide: [...answers, provide(approve, { by: "ann" })],
  });
  for (const nodes of [1, 3]) {
    const scenario = async (fresh: TestEngine) =>
      await (await fresh.start(processOrder, order)).result();
    const report = await engine.crashMatrix(scenario, { nodes });
    assert.equal(report.outcome, { status: "shipped", by: "ann" });
    assert.ok(report.takeovers > 10, `${report.takeovers} takeovers`);
  }
  let charges = 0;
  const counting = await TestEngine.create({
    workflows: [processOrder],
    provide: [
      provide(charge, () => ({ chargeId: `c${++charges}` })),
      ...answers,
      provide(approve, { by: "x" }),
    ],
  });
  const told = await thrown(
    counting.crashMatrix(async (fresh) => {
      charges = 0;
      const run = await fresh.start(processOrder, order);
      await run.result();
      return charges;
    }),
  );
  assert.match(String(told), /a takeover at entry \d+, after the owner saw it: the outcome is 2/);
});

test.run();
