import {
  all,
  compute,
  type Gen,
  RaftoralError,
  race,
  sleep,
  startNode,
  step,
  WorkflowConflict,
  WorkflowFailed,
  workflow,
} from "raftoral";
import { createCluster } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("scenario: runs");

const echo = workflow({
  name: "echo",
  run: function* (input: unknown) {
    return yield* compute("echo", () => input);
  },
});

test("the embedded default is one node, in memory, with nothing to set up", async () => {
  const node = await startNode({ workflows: [echo], logLevel: "silent" });
  const run = await node.start(echo, { hello: "world" });
  assert.equal(await run.result(), { hello: "world" });
  await node.stop();
  const refused = await node.start(echo, 1).catch((error) => error.code);
  assert.is(refused, "node-stopped");
});

test("two starts of one id make one run, whatever the order of the input's keys", async () => {
  const node = await startNode({ workflows: [echo], logLevel: "silent" });
  await node.start(echo, { a: 1, b: [2] }, { id: "same" });
  const again = await node.start(echo, { b: [2], a: 1 }, { id: "same" });
  assert.equal(await again.result(), { a: 1, b: [2] });
  assert.is((await node.list()).runs.length, 1);
  const other = await node.start(echo, { a: 2, b: [2] }, { id: "same" }).catch((error) => error);
  assert.instance(other, WorkflowConflict);
  assert.is(other.code, "workflow-conflict");
  await node.stop();
});

test("falsy, empty and rich values survive effects, results and three nodes", async () => {
  const values: unknown[] = [
    0,
    "",
    false,
    null,
    undefined,
    Number.NaN,
    -0,
    Number.POSITIVE_INFINITY,
    [],
    {},
    new Date(0),
    new Map([["k", new Set([1, "1"])]]),
    10n ** 30n,
    { deep: { list: [undefined, null, { d: new Date(5) }] } },
    "ключ 🗝",
  ];
  const cluster = await createCluster({ workflows: [echo], seed: 21 });
  for (const [i, value] of values.entries()) {
    await cluster.node("a").start(echo, value, { id: `v${i}` });
    const got = await cluster.node("c").get(echo, `v${i}`).result();
    assert.equal(got, value);
    assert.ok(Object.is(got, value) || typeof value === "object", String(value));
  }
  await cluster.stop();
});

test("all([]) gives [], all({}) gives {}", async () => {
  const empty = workflow({
    name: "empty",
    run: function* () {
      return { list: yield* all([]), record: yield* all({}) };
    },
  });
  const node = await startNode({ workflows: [empty], logLevel: "silent" });
  const run = await node.start(empty, undefined);
  assert.equal(await run.result(), { list: [], record: {} });
  await node.stop();
});

class Declined extends Error {
  override readonly name = "Declined";
  readonly reasonCode = 51;
}

test("a user's error keeps all it carries, into the body and out of the run", async () => {
  const pay = step("pay", () => {
    throw new Declined("no funds", { cause: new RangeError("limit 5") });
  });
  const failing = workflow({
    name: "failing",
    run: function* (): Gen<void> {
      try {
        yield* pay();
      } catch (error) {
        assert.instance(error, Error);
        assert.is(error instanceof Error && error.name, "Declined");
        throw error;
      }
    },
  });
  const cluster = await createCluster({ workflows: [failing], seed: 22 });
  await cluster.node("a").start(failing, undefined, { id: "f" });
  const error = await cluster
    .node("b")
    .get(failing, "f")
    .result()
    .catch((e) => e);
  assert.instance(error, WorkflowFailed);
  const { cause } = error;
  assert.is(cause.name, "Declined");
  assert.is(cause.message, "no funds");
  assert.match(cause.stack, "runs.test.ts");
  assert.is(cause.reasonCode, 51);
  assert.is(cause.cause.name, "RangeError");
  assert.is((await cluster.node("c").get(failing, "f").describe()).status, "failed");
  await cluster.stop();
});

test("a failing step is tried again after each committed failure, with the same key", async () => {
  const keys: string[] = [];
  const flaky = step(
    "flaky",
    (_: undefined, fx) => {
      keys.push(fx.idempotencyKey);
      if (fx.attempt < 4) throw new Error(`attempt ${fx.attempt}`);
      return fx.attempt;
    },
    { retry: { attempts: 5, backoff: "100ms" } },
  );
  const w = workflow({
    name: "retry",
    run: function* () {
      return yield* flaky(undefined);
    },
  });
  const cluster = await createCluster({ workflows: [w], seed: 23 });
  const run = await cluster.node("a").start(w, undefined);
  assert.is(await run.result(), 4);
  assert.is(new Set(keys).size, 1);
  assert.is(keys.length, 4);
  await cluster.stop();
});

test("a race whose loser is a sleep ends at once and leaves no timer", async () => {
  const hurry = workflow({
    name: "hurry",
    run: function* () {
      const won = yield* race({ late: sleep("30 days"), fast: compute("fast", () => 7) });
      return won.tag === "fast" ? won.value : -1;
    },
  });
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const node = await startNode({ workflows: [hurry], logLevel: "silent" });
  assert.is(await (await node.start(hurry, undefined)).result(), 7);
  await node.stop();
  const after = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  assert.ok(after <= before, `${after} timers, ${before} before`);
});

test("Math.random() in the control flow parks a run and says where; others go on", async () => {
  let draws = 0;
  const dice = workflow({
    name: "dice",
    // What Math.random() does to a replay, made certain: each reading takes another branch.
    run: function* () {
      draws++;
      if (draws % 2 === 1) yield* compute("heads", () => 1);
      else yield* compute("tails", () => 2);
      yield* sleep("10s");
    },
  });
  const cluster = await createCluster({ nodes: 1, workflows: [dice, echo], seed: 24 });
  await cluster.node("a").start(dice, undefined, { id: "dice" });
  await cluster.advance("1s");
  await cluster.restart("a");
  await cluster.advance("1s");
  const seen = await cluster.node("a").get(dice, "dice").describe();
  assert.is(seen.status, "parked");
  assert.match(seen.divergence?.recorded ?? "", "compute heads");
  assert.match(seen.divergence?.actual ?? "", "compute tails");
  const other = await cluster.node("a").start(echo, "still here");
  assert.is(await other.result(), "still here");
  await cluster.node("a").get(dice, "dice").resume();
  await cluster.advance("30s");
  assert.is((await cluster.node("a").get(dice, "dice").describe()).status, "completed");
  await cluster.stop();
});

test("a run whose workflow no member has stays visible, and starts when one comes", async () => {
  const rare = workflow({
    name: "rare",
    run: function* () {
      yield* sleep("5s");
      return yield* compute("where", () => "done");
    },
  });
  const cluster = await createCluster({
    workflows: [echo, rare],
    seed: 25,
    workflowsOf: (name) => (name === "c" || name === "d" ? [echo, rare] : [echo]),
  });
  await cluster.node("c").start(rare, undefined, { id: "rare" });
  cluster.crash("c");
  await cluster.advance("4s");
  const seen = await cluster.node("a").get(rare, "rare").describe();
  assert.is(seen.status, "unassigned");
  assert.match(seen.reason ?? "", "no member has rare@1");
  await cluster.add("d");
  assert.is(await cluster.node("a").get(rare, "rare").result(), "done");
  await cluster.stop();
});

test("terminate ends a run once and for all; result() says so", async () => {
  const long = workflow({
    name: "long",
    run: function* () {
      yield* sleep("10 days");
    },
  });
  const cluster = await createCluster({ workflows: [long], seed: 26 });
  const run = await cluster.node("a").start(long, undefined, { id: "long" });
  await run.terminate("enough");
  const error = await cluster
    .node("b")
    .get(long, "long")
    .result()
    .catch((e) => e);
  assert.is(error.code, "workflow-terminated");
  await run.terminate("twice changes nothing");
  assert.match((await run.describe()).reason ?? "", "enough");
  await cluster.stop();
});

test("what is asked wrongly is refused by a coded error before anything is proposed", async () => {
  const node = await startNode({ workflows: [echo], logLevel: "silent" });
  const codes = await Promise.all(
    [
      node.start(echo, () => 1),
      node.start(echo, "x".repeat(2_000_000)),
      node.start(echo, 1, { id: "" }),
      node.start(workflow({ name: "unknown", run: function* () {} }), undefined),
      node.get(echo, "never started").result(),
      node.get(echo, "never started").describe(),
      node.list({ limit: 0 }),
    ].map((promise) =>
      Promise.resolve(promise).then(
        () => "none",
        (error) => error.code,
      ),
    ),
  );
  assert.equal(codes, [
    "unserializable",
    "payload-too-large",
    "invalid-argument",
    "workflow-not-registered",
    "workflow-not-found",
    "workflow-not-found",
    "invalid-argument",
  ]);
  await node.stop();
});

test("result() gives up by signal or time-out, and the run goes on", async () => {
  const slow = workflow({
    name: "slow",
    run: function* () {
      yield* sleep("300ms");
      return 1;
    },
  });
  const node = await startNode({ workflows: [slow], logLevel: "silent" });
  const run = await node.start(slow, undefined);
  const late = await run.result({ timeout: "20ms" }).catch((error) => error);
  assert.instance(late, RaftoralError);
  assert.is(late.code, "timed-out");
  const controller = new AbortController();
  const given = run.result({ signal: controller.signal }).catch((error) => error);
  controller.abort(new Error("not needed any more"));
  assert.is((await given).message, "not needed any more");
  assert.is(await run.result(), 1);
  await node.stop();
});

test.run();
