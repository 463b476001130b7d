import { simulate } from "raftoral/testing";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { orders } from "./simulation.ts";

test("whatever happens to the nodes, each order is charged once", async () => {
  const { faults } = await simulate(orders, { nodes: 3, seeds: 5 });
  assert.ok(faults > 0);
});

test.run();
