// One test file for every runner: RUNNER says which of them runs it. Plain JavaScript.

import assert from "node:assert/strict";
import process from "node:process";
import { receive, signal, step, workflow } from "raftoral";
import {
  failTimes,
  provide,
  StepThroughError,
  stepThrough,
  TestEngine,
  waitingFor,
} from "raftoral/testing";

const RUNNERS = { node: "node:test", uvu: "uvu", vitest: "vitest", jest: "@jest/globals" };
const { test } = await import(RUNNERS[process.env.RUNNER]);

const charge = step("charge", () => "", { retry: { attempts: 3 } });
const approval = signal("approval");
const order = workflow({
  name: "order",
  *run(id) {
    const receipt = yield* charge(id);
    const by = yield* receive(approval, { timeout: "1 day" });
    return { receipt, by };
  },
});

test("stepped, effect by effect", () => {
  const t = stepThrough(order, "o1");
  t.expect(charge, "o1")
    .fail({ times: 2, with: new Error("503") })
    .resolve("r1");
  const late = t.fork();
  t.expectSignal(approval).deliver("ann");
  t.expectDone({ receipt: "r1", by: "ann" });
  late.expectSignal(approval).timeout();
  late.expectDone({ receipt: "r1", by: undefined });
  t.end();
});

test("a failed expectation is a plain error at the test's own line", () => {
  const t = stepThrough(order, "o1");
  assert.throws(
    () => t.expectSignal(approval),
    (error) => error instanceof StepThroughError && /order\.test\.mjs/.test(error.stack),
  );
});

test("by the engine, in virtual time", async () => {
  const provided = [provide(charge, failTimes(2, new Error("503"), "r1"))];
  const engine = await TestEngine.create({ workflows: [order], provide: provided });
  const run = await engine.start(order, "o1");
  await run.until(waitingFor(approval));
  assert.equal(run.calls(charge).length, 3);
  await engine.clock.advance("1 day");
  assert.deepEqual(await run.result(), { receipt: "r1", by: undefined });
  const { takeovers } = await engine.crashMatrix(async (fresh) =>
    (await fresh.start(order, "o1")).result(),
  );
  assert.ok(takeovers > 4);
});

test.run?.();
