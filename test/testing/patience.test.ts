import { all, receive, signal, step, workflow } from "raftoral";
import { simulate, TestEngine, waitingFor } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unlessIdle } from "../../src/testing/patience.ts";
import { handMade } from "../language/hand-made-schema.ts";

/** Method: real time is `setTimeout` and `performance`; here it passes a hundred times as fast. */
const test = suite("testing: waits that would have no end");

async function impatient<T>(act: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis;
  const now = performance.now.bind(performance);
  const soon = (fn: () => void, delayMs: number): object => {
    const timer = setTimeout(fn, delayMs / 100);
    // Else this process would end before.
    return Object.assign(timer, { unref: () => timer });
  };
  Object.assign(globalThis, { setTimeout: soon });
  Object.assign(performance, { now: () => now() * 100 });
  try {
    return await act();
  } finally {
    Object.assign(globalThis, { setTimeout });
    Object.assign(performance, { now });
  }
}

const messageOf = (act: () => Promise<unknown>): Promise<string> =>
  impatient(() =>
    act().then(
      () => "it ended",
      (error: unknown) => `${Object(error).name} ${Object(error).code ?? ""} ${error}`,
    ),
  );

const never = handMade<string>(() => new Promise(() => {}));
const stuck = step("stuck", (_: number) => new Promise<number>(() => {}), { timeout: "1h" });
const asks = step("asks", (text) => text, { input: never, timeout: "1h" });
const nudge = signal("nudge", { input: never });
const flow = workflow({
  name: "flow",
  run: function* (n: number) {
    return yield* all([stuck(n), asks("a"), receive(nudge)]);
  },
});
const closed = workflow({ name: "closed", input: never, run: function* () {} });
const engineOf = () => TestEngine.create({ workflows: [flow, closed], replay: false });

test("until names the effects that it waits for, and their run", async () => {
  const engine = await engineOf();
  const run = await engine.start(flow, 1, { id: "order-7" });
  const told =
    /^TestEngineError .*step stuck of order-7, step asks of order-7: under way for \d+ ms/;
  for (const wait of [() => run.until(() => false), () => run.result()]) {
    assert.match(await messageOf(wait), told);
  }
});

test("one body that ends again and again does not hide another one that never does", async () => {
  let times = 0;
  const ends = step("ends", () => new Promise<void>((resolve) => setImmediate(resolve)));
  const loops = workflow({
    name: "loops",
    run: function* () {
      for (; times < 5_000; times++) yield* ends();
    },
  });
  const engine = await TestEngine.create({ workflows: [flow, loops], replay: false });
  await engine.start(flow, 1, { id: "order-7" });
  const run = await engine.start(loops, undefined, { id: "loops-1" });
  assert.match(await messageOf(() => run.result()), /step stuck of order-7/);
  assert.ok(times < 5_000, `${times}`);
});

test("a schema that never answers ends a start and a signal of an engine", async () => {
  const engine = await engineOf();
  const start = await messageOf(() => engine.start(closed, "a"));
  assert.match(start, /schema-failed .*the input of closed .* no answer within \d+ ms/);
  const run = await engine.start(flow, 1);
  await run.until(waitingFor(nudge));
  const sent = await messageOf(() => run.signal(nudge, "a"));
  assert.match(sent, /schema-failed .*the signal "nudge" .* no answer within \d+ ms/);
});

const idle = new Promise<void>(() => {});
const told = "waits for what never comes: nothing moved for 30000 ms of real time";

test("a scenario of a crash matrix that waits for nothing ends", async () => {
  const engine = await engineOf();
  const why = await messageOf(() => engine.crashMatrix(() => idle));
  assert.match(why, `the scenario ${told}`);
});

test("run and check of a simulation that wait for nothing end, with the seed", async () => {
  const good = { workflows: [], outside: () => 0, run: async () => {}, check: () => {} };
  for (const name of ["run", "check"]) {
    const why = await messageOf(() => simulate({ ...good, [name]: () => idle }, { seeds: [7] }));
    assert.match(why, `SEED=7: ${name} ${told}`);
  }
});

test("while something moves, whatever takes long goes on", async () => {
  const looks: (() => void)[] = [];
  const { setTimeout } = globalThis;
  const unref = (): object => ({});
  Object.assign(globalThis, { setTimeout: (fn: () => void) => looks.push(fn) && { unref } });
  try {
    let moved = 0;
    let ended = "";
    const wait = unlessIdle(
      idle,
      () => moved,
      (why) => new Error(why),
    ).catch((error: unknown) => {
      ended = String(error);
    });
    for (; moved < 5; moved++) looks.at(-1)?.();
    assert.equal([looks.length, ended], [6, ""]);
    looks.at(-1)?.();
    looks.at(-1)?.();
    await wait;
    assert.match(ended, told);
  } finally {
    Object.assign(globalThis, { setTimeout });
  }
});

test.run();
