import {
  type AnySchema,
  child,
  connect,
  continueAsNew,
  InputInvalid,
  memoryNetwork,
  receive,
  signal,
  startNode,
  step,
  variable,
  workflow,
} from "raftoral";
import { provide, replayHistory, stepThrough, TestEngine } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { codeOf } from "../fixtures/code-of.ts";
import { handMade, whole } from "./hand-made-schema.ts";

/** What is given is checked where it enters, and what is recorded is what the schema made of it. */
const test = suite("language: inputs with a schema");

const order = z.object({
  sku: z.string().min(1),
  pieces: z.number().int().positive().default(1),
  due: z.iso.date().transform((text) => new Date(text)),
});

const caught = async (act: () => unknown): Promise<unknown> => {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return;
};

const pack = step("pack", ({ sku, due }, fx) => `${sku} ${due.getUTCFullYear()} ${fx.attempt}`, {
  input: order,
  retry: { attempts: 3, backoff: "1ms" },
});
const hurry = signal("hurry", { input: z.object({ by: z.string().trim() }) });

const ship = workflow({
  name: "ship",
  input: order,
  run: function* ({ sku, pieces, due }) {
    const seen = yield* variable("seen", due);
    const box = yield* pack({ sku, due: "2031-05-01" });
    const { by } = yield* receive(hurry);
    return { sku, pieces, isDate: seen.value instanceof Date, box, by };
  },
});

const given = { sku: "a", due: "2030-01-01" };
const shipped = { sku: "a", pieces: 1, isDate: true, box: "a 2031 1", by: "eve" };

test("a body, a step and a receive get what the schema made, from member and client", async () => {
  const network = memoryNetwork();
  const node = await startNode({ workflows: [ship], network, boot: "bootstrap" });
  const client = await connect({ network });
  try {
    for (const [id, from] of Object.entries({ member: node, client })) {
      const run = await from.start(ship, given, { id });
      await run.signal(hurry, { by: " eve " });
      assert.equal(await run.result(), shipped);
    }
  } finally {
    await client.close();
    await node.stop();
  }
});

test("what does not fit is refused with all its places before anything is proposed", async () => {
  const network = memoryNetwork();
  const node = await startNode({ workflows: [ship], network, boot: "bootstrap" });
  const client = await connect({ network });
  const wrong = { sku: "", pieces: 0.5, due: "tomorrow" };
  try {
    for (const from of [node, client]) {
      const error = await caught(() => from.start(ship, wrong, { id: "wrong" }));
      assert.instance(error, InputInvalid);
      if (!(error instanceof InputInvalid)) return;
      assert.equal([error.code, error.retryable], ["input-invalid", false]);
      assert.equal(
        error.issues.map(({ path }) => path.join()),
        ["sku", "pieces", "due"],
      );
      assert.match(error.message, /^the input of ship does not fit its schema: sku: .*; pieces: /);
      const run = await from.start(ship, given, { id: "right" });
      // @ts-expect-error A signal's value has its schema's type.
      assert.is(await codeOf(() => run.signal(hurry, { by: 7 })), "input-invalid");
    }
    assert.is((await node.list()).runs.length, 1);
    const lines: string[] = [];
    for await (const line of node.get(ship, "right").history()) lines.push(line);
    assert.not.ok(lines.some((line) => line.includes("signal")));
  } finally {
    await client.close();
    await node.stop();
  }
});

test("the same start is the same run, whatever its schema makes of it next time", async () => {
  let stamps = 0;
  const stamped = handMade<{ n: number }, { n: number; stamp: number }>((value) => ({
    value: { ...Object(value), stamp: ++stamps },
  }));
  const flow = workflow({
    name: "stamped",
    input: stamped,
    run: function* ({ stamp }) {
      yield* variable("stamp", stamp);
      return stamp;
    },
  });
  const node = await startNode({ workflows: [flow] });
  try {
    const run = await node.start(flow, { n: 1 }, { id: "a" });
    assert.is(await run.result(), 1);
    assert.is(await (await node.start(flow, { n: 1 }, { id: "a" })).result(), 1);
    assert.is(stamps, 2);
    assert.is(await codeOf(() => node.start(flow, { n: 2 }, { id: "a" })), "workflow-conflict");
  } finally {
    await node.stop();
  }
});

test("no replay asks a schema: one that refuses all by now changes nothing", async () => {
  const engine = await TestEngine.create({ workflows: [ship] });
  const run = await engine.start(ship, given);
  await run.signal(hurry, { by: "eve" });
  assert.equal(await run.result(), shipped);
  const none: AnySchema = handMade(() => ({ issues: [{ message: "nothing fits" }] }));
  const strict = workflow<AnySchema, unknown>({ name: "ship", input: none, run: ship.run });
  assert.is(replayHistory(run.history(), [strict]).kind, "ok");
});

test("a step's input that does not fit fails it at once, and its body never runs", async () => {
  const asks = workflow({
    name: "asks",
    run: function* (due: string) {
      try {
        return yield* pack({ sku: "a", due });
      } catch (error) {
        return Object(error);
      }
    },
  });
  for (const providers of [[], [provide(pack, "packed")]]) {
    const engine = await TestEngine.create({ workflows: [asks], provide: providers });
    const { name, code, issues } = await (await engine.start(asks, "never")).result();
    assert.equal([name, code], ["InputInvalid", "input-invalid"]);
    assert.equal(
      issues.map(({ path }: { path: unknown }) => path),
      [["due"]],
    );
    const attempts = engine.calls(pack).map(({ attempt, outcome }) => [attempt, outcome?.ok]);
    assert.equal(attempts, [[1, false]]);
    const fits = await (await engine.start(asks, "2031-05-01")).result();
    assert.is(fits, providers.length === 0 ? "a 2031 1" : "packed");
    assert.is(engine.calls(pack).at(-1)?.input.due, "2031-05-01");
  }
});

test("a step waits for its schema; whoever starts or sends from outside does too", async () => {
  const slow = z.string().refine(async (text) => text === "fits");
  const check = step("check", (text) => text.toUpperCase(), { input: slow });
  const flow = workflow({
    name: "slow",
    input: slow,
    run: function* (text) {
      return yield* check(text);
    },
  });
  const engine = await TestEngine.create({ workflows: [flow] });
  assert.is(await (await engine.start(flow, "fits")).result(), "FITS");
  assert.is(await codeOf(() => engine.start(flow, "not")), "input-invalid");
  assert.is(await codeOf(() => stepThrough(flow, "fits")), "schema-failed");
});

const part = workflow({
  name: "part",
  input: z.object({ at: z.iso.date().transform((text) => new Date(text)) }),
  run: function* ({ at }) {
    yield* variable("at", at);
    return at.getUTCFullYear();
  },
});
const whole3 = workflow({
  name: "whole",
  run: function* (at: string) {
    try {
      return yield* child(part, { at });
    } catch (error) {
      return Object(error).code;
    }
  },
});

test("a child gets what its schema made; what does not fit starts none", async () => {
  const engine = await TestEngine.create({ workflows: [whole3, part] });
  assert.is(await (await engine.start(whole3, "2033-01-01")).result(), 2033);
  assert.is(await (await engine.start(whole3, "soon")).result(), "input-invalid");
  assert.is(engine.runs(part).length, 1);
  const report = await engine.crashMatrix(async (world) =>
    Promise.all(
      ["2033-01-01", "soon"].map(async (at, i) =>
        (await world.start(whole3, at, { id: `r${i}` })).result(),
      ),
    ),
  );
  assert.ok(report.takeovers > 5);
});

const counts = workflow({
  name: "counts",
  input: z.object({ left: z.number().min(0), note: z.string().default("none") }),
  run: function* ({ left, note }) {
    if (left === 0) return note;
    return yield* continueAsNew({ left: left === 7 ? -1 : left - 1 });
  },
});

test("continueAsNew takes its input as a start does; what does not fit fails the run", async () => {
  const engine = await TestEngine.create({ workflows: [counts] });
  assert.is(await (await engine.start(counts, { left: 2, note: "first" })).result(), "none");
  const run = await engine.start(counts, { left: 7 });
  const error = await caught(() => run.result());
  assert.match(String(error), /failed: InputInvalid: the input of counts does not fit/);
  assert.is(replayHistory(run.history(), [counts]).kind, "ok");
});

test("stepThrough checks what a start, a signal and a step are given", async () => {
  assert.is(await codeOf(() => stepThrough(ship, { sku: "", due: "x" })), "input-invalid");
  const s = stepThrough(ship, given);
  s.expect(pack, { sku: "a", due: "2031-05-01" }).resolve("box");
  // @ts-expect-error A signal's value has its schema's type.
  assert.is(await codeOf(() => s.signal(hurry, {})), "input-invalid");
  s.signal(hurry, { by: " eve" });
  assert.is(s.expectDone().by, "eve");
  const asks = workflow({
    name: "asks",
    run: function* () {
      return yield* pack({ sku: "", due: "2031-05-01" });
    },
  });
  const refused = stepThrough(asks);
  assert.throws(() => refused.expect(pack).resolve("box"), /cannot give a value: reject it/);
});

test("what is no schema is refused where it is given", async () => {
  const run = function* () {};
  for (const junk of [1, {}, { "~standard": { version: 2, validate: () => {} } }, "zod", null]) {
    const input = junk as unknown as AnySchema;
    assert.is(await codeOf(() => workflow({ name: "w", input, run })), "invalid-argument");
    assert.is(await codeOf(() => step("s", () => 1, { input })), "invalid-argument");
    assert.is(await codeOf(() => signal("s", { input })), "invalid-argument");
  }
});

test("a schema that throws, gives nothing, or waits in vain, is a typed error", async () => {
  const broken: Record<string, AnySchema> = {
    throws: handMade(() => {
      throw new Error("no database");
    }),
    rejects: handMade(() => Promise.reject(new Error("no database"))),
    nothing: handMade(() => undefined),
    neither: handMade(() => ({})),
    junk: handMade(() => ({ issues: "many" })),
  };
  for (const [name, input] of Object.entries(broken)) {
    const flow = workflow({ name, input, run: function* () {} });
    const parent = workflow({
      name: "parent",
      run: function* () {
        yield* child(flow, 1);
      },
    });
    const engine = await TestEngine.create({ workflows: [flow, parent] });
    assert.is(await codeOf(() => engine.start(flow, 1)), "schema-failed", name);
    const error = await caught(async () => (await engine.start(parent)).result());
    assert.is(Object(Object(error).cause).code, "schema-failed", name);
  }
});

test("a schema that never answers ends a start and a signal by the call's time-out", async () => {
  const never = handMade<string>(() => new Promise(() => {}));
  const nudge = signal("nudge", { input: never });
  const waits = workflow({
    name: "waits",
    run: function* () {
      return yield* receive(nudge);
    },
  });
  const stuck = workflow({ name: "stuck", input: never, run: function* () {} });
  const network = memoryNetwork();
  const callTimeout = "400ms";
  const workflows = [waits, stuck];
  const at = { name: "n", network, logLevel: "silent" } as const;
  const node = await startNode({ ...at, workflows, boot: "bootstrap", callTimeout });
  const patient = await connect({ network });
  const { workflowId } = await patient.start(waits, undefined);
  const client = await connect({ network, callTimeout });
  for (const from of [node, client]) {
    const run = from.get(waits, workflowId);
    const ends = [() => from.start(stuck, "x"), () => run.signal(nudge, "x")];
    const errors = await Promise.all(ends.map(caught));
    assert.equal(
      errors.map((error) => [Object(error).code, Object(error).message]),
      ["stuck", 'the signal "nudge"'].map((of) => [
        "schema-failed",
        `the schema for the input of ${of} cannot be used: it gave no answer within 400 ms`,
      ]),
    );
  }
  await Promise.all([patient.close(), client.close(), node.stop()]);
});

test("what a schema refuses without an issue is told as a whole sentence", async () => {
  const flow = workflow({
    name: "f",
    input: handMade<unknown, unknown>(() => ({ issues: [] })),
    run: function* () {},
  });
  const error = await caught(() => stepThrough(flow, 1));
  assert.is(Object(error).message, "the input of f does not fit its schema, which names no issue");
});

test("issues without a path, with many parts, or far too many, are told shortly", async () => {
  const many = handMade<unknown, unknown>(() => ({
    issues: Array.from({ length: 1_000 }, (_, i) => ({
      message: "x".repeat(5_000),
      path: [{ key: "list" }, i, Symbol("s")],
    })),
  }));
  const flow = workflow({ name: "many", input: many, run: function* () {} });
  const engine = await TestEngine.create({ workflows: [flow] });
  const error = await caught(() => engine.start(flow, 1));
  assert.ok(error instanceof InputInvalid);
  assert.equal([error.issues.length, error.issues[1]?.path], [32, ["list", 1, "Symbol(s)"]]);
  assert.ok(error.message.length < 4_000);
  assert.match(error.message, /list\[0\]\.Symbol\(s\): x+.* and 995 more$/);
  const bare = workflow({ name: "bare", input: whole, run: function* () {} });
  const open = await TestEngine.create({ workflows: [bare] });
  // @ts-expect-error It takes a number.
  const failed = await caught(() => open.start(bare, "a"));
  assert.is(Object(failed).message, "the input of bare does not fit its schema: no whole number");
});

test.run();
