import { effects, type Gen, workflow } from "raftoral";
import {
  type OutsideTools,
  type SimulatedProgram,
  SimulationError,
  simulate,
} from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("testing: simulate", { limitMs: 120_000 });

/** A bank that takes an order once for each key; and counts. */
class Bank {
  readonly #tools: OutsideTools;
  readonly #byKey = new Map<string, string>();
  readonly charged: string[] = [];

  constructor(tools: OutsideTools) {
    this.#tools = tools;
  }

  async charge(key: string, id: string): Promise<string> {
    await this.#tools.takes(this.#tools.below(100));
    const before = this.#byKey.get(key);
    const receipt = before ?? `r${this.charged.length}`;
    this.#byKey.set(key, receipt);
    if (before === undefined) this.charged.push(id);
    await this.#tools.takes(this.#tools.below(300));
    return receipt;
  }
}

const { step } = effects<Bank>();

const program = (keyOf: (key: string, attempt: number) => string): SimulatedProgram<Bank> => {
  const charge = step("charge", (id: string, { attempt, deps, idempotencyKey }) =>
    deps.charge(keyOf(idempotencyKey, attempt), id),
  );
  const pay = workflow({
    name: "pay",
    run: function* (id: string): Gen<string> {
      return yield* charge(id);
    },
  });
  return {
    workflows: [pay],
    outside: (tools) => new Bank(tools),
    run: async (client) => {
      for (let i = 0; i < 4; i++) {
        const run = await client.start(pay, `o${i}`, { id: `o${i}` });
        await run.result();
      }
    },
    check: ({ charged }) => assert.equal([...charged].sort(), ["o0", "o1", "o2", "o3"]),
  };
};

test("a charge under its idempotency key keeps the law, whatever happens to nodes", async () => {
  const { faults, seeds } = await simulate(
    program((key) => key),
    { nodes: 3, seeds: 10 },
  );
  assert.is(seeds, 10);
  assert.ok(faults > 5, `${faults} faults`);
});

test("a charge that is not idempotent is found, with its seed and how to replay it", async () => {
  const buggy = program((key, attempt) => `${key} ${attempt}`);
  const error = await simulate(buggy, { nodes: 3, seeds: 40 }).then(
    () => new Error("it was not found"),
    (reason) => reason,
  );
  assert.match(String(error.cause), /Expected values to be deeply equal/);
  const [, seed] = /^SEED=(\d+): /.exec(error.message) ?? [];
  assert.match(error.message, `again: simulate(program, { nodes: 3, seeds: [${seed}] })`);
  const again = await simulate(buggy, { nodes: 3, seeds: [Number(seed)] }).catch((e) => e);
  assert.is(again.message, error.message);
});

test("an outside world that cannot be made is told with its seed, as any failure", async () => {
  const broken = {
    ...program((key) => key),
    outside: () => {
      throw new Error("no world");
    },
  };
  const error = await simulate(broken, { seeds: [3] }).catch((thrown: unknown) => thrown);
  assert.instance(error, SimulationError);
  assert.match(String(error), /SEED=3: no world/);
});

test("the same seed gives the same run, event by event", async () => {
  const once = await simulate(
    program((key) => key),
    { seeds: [7] },
  );
  const twice = await simulate(
    program((key) => key),
    { seeds: [7] },
  );
  assert.equal(once.traces, twice.traces);
});

test.run();
