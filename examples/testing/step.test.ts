import { stepThrough } from "raftoral/testing";
import { test } from "uvu";
import { approval, charge, refund, shipOrder } from "./workflow.ts";

const order = { id: "o1", cents: 500 };

test("an approved order ships, and one that nobody answers for is refunded", () => {
  const t = stepThrough(shipOrder, order);
  t.expect(charge, order)
    .fail({ times: 2, with: new Error("503") }) // its retry policy has a third attempt
    .resolve("r1");
  t.expectVariable("status", "approving");
  const late = t.fork(); //                         the same place a second time
  t.expectSignal(approval).deliver({ by: "ann" });
  t.expectDone({ status: "shipped", by: "ann" });

  late.expectSignal(approval).timeout();
  late.expect(refund, "r1").resolve();
  late.expectDone({ status: "refunded" });
});

test("a charge that fails for good fails the order, and there is nothing to refund", () => {
  const t = stepThrough(shipOrder, order);
  t.expect(charge).fail({ times: 3, with: new Error("declined") });
  t.expectFailed(/declined/);
});

test.run();
