import { failTimes, provide, TestEngine, waitingFor } from "raftoral/testing";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { approval, charge, refund, shipOrder } from "./workflow.ts";

const order = { id: "o1", cents: 500 };
const createEngine = () =>
  TestEngine.create({
    workflows: [shipOrder],
    provide: [
      provide(charge, failTimes(2, new Error("503"), "r1")), // through the real retry policy
      provide(refund, undefined),
    ],
  });

test("an order that nobody answers for is refunded after a day", async () => {
  const engine = await createEngine();
  const run = await engine.start(shipOrder, order);
  await run.until(waitingFor(approval)); //   a place, not a sleep
  assert.is(run.calls(charge).length, 3);
  assert.is(run.variable("status"), "approving");
  await engine.clock.advance("1 day"); //     at once
  assert.equal(await run.result(), { status: "refunded" });
  const [refunded] = run.calls(refund);
  assert.is(refunded?.input, "r1");
});

test("whichever process dies, and whenever, an approved order ships", async () => {
  const engine = await createEngine();
  const report = await engine.crashMatrix(async (fresh) => {
    const run = await fresh.start(shipOrder, order);
    await run.until(waitingFor(approval));
    await run.signal(approval, { by: "ann" });
    return await run.result();
  });
  assert.equal(report.outcome, { status: "shipped", by: "ann" });
});

test.run();
