import { deepStrictEqual } from "node:assert";
import type { OutsideTools, SimulatedProgram } from "raftoral/testing";
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

/** Whatever happens to the nodes, each order is charged once. */
export const orders: SimulatedProgram<SlowBank> = {
  workflows: [shipOrder],
  outside: (tools) => new SlowBank(tools),
  run: async (client) => {
    for (const id of ["o1", "o2", "o3"]) {
      const run = await client.start(shipOrder, { id, cents: 500 }, { id });
      await run.signal(approval, { by: "ann" });
      deepStrictEqual(await run.result(), { status: "shipped", by: "ann" });
    }
  },
  check: ({ charged }) => deepStrictEqual([...charged].sort(), ["o1", "o2", "o3"]),
};
