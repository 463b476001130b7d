import { compute, receive, signal, sleep, step, workflow } from "raftoral";
import {
  createCluster,
  failTimes,
  provide,
  provideCompute,
  provideWhen,
  replayHistories,
  replayHistory,
  simulate,
  stepThrough,
  TestEngine,
  waitingFor,
} from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** Where types are not asked (JavaScript, an `any`), the test kit says itself what it takes. */
const test = suite("testing: slips in tests");

const pay = step("pay", (cents: number) => cents);
const hurry = signal<string>("hurry");
const flow = workflow({
  name: "flow",
  run: function* (cents: number) {
    const paid = yield* pay(cents);
    yield* compute("note", () => 1);
    yield* sleep("1h");
    return [paid, yield* receive(hurry)];
  },
});

const stepped = () => stepThrough(flow, 1);
const engineOf = () => TestEngine.create({ workflows: [flow] });
const runOf = async () => (await engineOf()).start(flow, 1);
const program = { workflows: [flow], outside: () => 0, run: async () => {}, check: () => {} };

/** What a slip is: undefined where something was imported wrongly, a number, an empty object. */
const JUNK: readonly unknown[] = [undefined, null, 1, "pay", {}, () => 1];

const takes = (
  what: string,
  call: (junk: never) => unknown,
  but: readonly unknown[] = [],
): void => {
  test(`${what} says what it takes, whatever it is given`, async () => {
    for (const junk of JUNK.filter((one) => !but.includes(one))) {
      const told = `${what}(${typeof junk} ${JSON.stringify(junk)})`;
      try {
        await call(junk as never);
      } catch (error) {
        assert.instance(error, Error, told);
        assert.is(Object(error).code, "invalid-argument", `${told}: ${String(error)}`);
        assert.not.match(Object(error).message, /undefined \(reading|is not a function|iterable/);
        continue;
      }
      assert.unreachable(`${told} was taken`);
    }
  });
};

const EMPTY = JUNK.find((junk) => typeof junk === "object" && junk !== null);
const BODY = JUNK.at(-1);

takes("stepThrough", (junk) => stepThrough(junk));
takes("stepThrough: options", (junk) => stepThrough(flow, 1, junk), [undefined, EMPTY]);
takes("stepThrough: at", (junk) => stepThrough(flow, 1, { at: junk }), [undefined]);
takes("expect", (junk) => stepped().expect(junk));
takes("expectSignal", (junk) => stepped().expectSignal(junk));
takes("expectChild", (junk) => stepped().expectChild(junk));
takes("expectSpawn", (junk) => stepped().expectSpawn(junk));
takes("expectCompensated", (junk) => stepped().expectCompensated(junk));
takes("expectRace", (junk) => stepped().expectRace({ a: junk }));
takes("expectRace: a shape", (junk) => stepped().expectRace(junk), [EMPTY]);
takes("a stepped signal", (junk) => stepped().signal(junk));
takes("runUntil", (junk) => stepped().runUntil(junk, []));
takes("runUntilSignal", (junk) => stepped().runUntilSignal(junk, []));
takes("runUntilChild", (junk) => stepped().runUntilChild(junk, []));
takes("runUntil: providers", (junk) => stepped().runUntil(pay, junk));
takes("runToEnd", (junk) => stepped().runToEnd(junk));
takes("runToEnd: a provider", (junk) => stepped().runToEnd([junk]));
takes("fail", (junk) => stepped().expect(pay).fail(junk));
takes("timeOut", (junk) => stepped().expect(pay).timeOut(junk), [undefined, EMPTY]);

takes("provide", (junk) => provide(junk, 1));
takes("provideWhen", (junk) => provideWhen(junk, () => true, 1));
takes("provideWhen: when", (junk) => provideWhen(pay, junk, 1), [BODY]);
takes("provideCompute", (junk) => provideCompute(junk, 1), ["pay"]);
takes("failTimes", (junk) => failTimes(junk, new Error("no"), 1), [1]);
takes("waitingFor", (junk) => waitingFor(junk));

takes("TestEngine.create", (junk) => TestEngine.create(junk));
takes("TestEngine.create: a workflow", (junk) => TestEngine.create({ workflows: [junk] }));
takes("TestEngine.create: workflows", (junk) => TestEngine.create({ workflows: junk }));
takes("TestEngine.create: a provider", (junk) =>
  TestEngine.create({ workflows: [flow], provide: [junk] }),
);
takes(
  "TestEngine.create: provide",
  (junk) => TestEngine.create({ workflows: [flow], provide: junk }),
  [undefined],
);
takes("TestEngine.create: at", (junk) => TestEngine.create({ workflows: [flow], at: junk }), [
  undefined,
]);
takes("new TestEngine", (junk) => Reflect.construct(TestEngine, [junk]));
takes("engine.start", async (junk) => (await engineOf()).start(junk));
takes("engine.start: options", async (junk) => (await engineOf()).start(flow, 1, junk), [
  undefined,
  EMPTY,
]);
takes("engine.get", async (junk) => (await engineOf()).get(junk, "a"));
takes("engine.runs", async (junk) => (await engineOf()).runs(junk));
takes("engine.calls", async (junk) => (await engineOf()).calls(junk), ["pay"]);
takes("engine.provide", async (junk) => (await engineOf()).provide(junk));
takes("engine.crash", async (junk) => (await engineOf()).crash(junk));
takes("engine.crashMatrix", async (junk) => (await engineOf()).crashMatrix(junk), [BODY]);
takes("engine.clock.advance", async (junk) => (await engineOf()).clock.advance(junk), [1, EMPTY]);
takes("run.until", async (junk) => (await runOf()).until(junk), [BODY]);
takes("run.signal", async (junk) => (await runOf()).signal(junk));
takes("run.calls", async (junk) => (await runOf()).calls(junk), ["pay"]);

takes("createCluster", (junk) => createCluster(junk));
takes("createCluster: a workflow", (junk) => createCluster({ workflows: [junk] }));
takes("simulate", (junk) => simulate(junk));
takes("simulate: options", (junk) => simulate(program, junk), [undefined, EMPTY]);
takes("simulate: seeds", (junk) => simulate(program, { seeds: junk }), [undefined, 1]);
takes("replayHistory", (junk) => replayHistory(junk, [flow]), ["pay"]);
takes("replayHistory: workflows", (junk) => replayHistory("", junk));
takes("replayHistory: a workflow", (junk) => replayHistory("", [junk]));
takes("replayHistories", (junk) => replayHistories(junk, [flow]).next());

test.run();
