import { type OutsideTools, simulate } from "raftoral/testing";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { approval, type Bank, type Order, shipOrder } from "./workflow.ts";

/** A bank that takes each key once, slowly. */
class SlowBank implements Bank {
  readonly charged: string[] = [];
  readonly #receipts = new Map<string, string>();
  readonly #tools: OutsideTools;

  constructor(tools: OutsideTools) {
    this.#tools = tools;
  }

  async charge(key: string, { id }: Order): Promise<string> {
    if (!this.#receipts.has(key)) this.charged.push(id);
    this.#receipts.set(key, `receipt of ${id}`);
    await this.#tools.takes(this.#tools.below(300)); // here processes die
    return `receipt of ${id}`;
  }

  async refund(): Promise<void> {}
}

test("whatever happens to the nodes, each order is charged once", async () => {
  const { faults } = await simulate(
    {
      workflows: [shipOrder],
      outside: (tools) => new SlowBank(tools),
      run: async (client) => {
        for (const id of ["o1", "o2", "o3"]) {
          const run = await client.start(shipOrder, { id, cents: 500 }, { id });
          await run.signal(approval, { by: "ann" });
          assert.equal(await run.result(), { status: "shipped", by: "ann" });
        }
      },
      check: ({ charged }) => assert.equal([...charged].sort(), ["o1", "o2", "o3"]),
    },
    { nodes: 3, seeds: 5 },
  );
  assert.ok(faults > 0);
});

test.run();
