// Programs that try to break the language: combinators inside combinators, cancellations in the
// middle of clean-ups, what comes at the very moment that something else does. Each is run with a
// takeover at every entry, and its accepted history is read by the simulator's own interpreter too.

import {
  type AnyWorkflow,
  all,
  allSettled,
  any,
  checkpoint,
  child,
  compute,
  continueAsNew,
  type Gen,
  map,
  race,
  random,
  receive,
  saga,
  shield,
  signal,
  sleep,
  spawn,
  step,
  type Task,
  variable,
  type Workflow,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { path } from "../../src/std/ids.ts";
import { crashMatrix, type MatrixWorld } from "../../src/testing/crash-matrix.ts";
import { followDirectly } from "../../src/testing/sim/workflow/direct-history.ts";
import { endInWords, toldEnd } from "../../src/testing/sim/workflow/scripted.ts";
import type { Run } from "../../src/workflow/machine/state.ts";

const test = suite("language: adversary", { limitMs: 240_000 });

const tick = signal<number>("tick");
const pay = step("pay", (cents: number) => cents);
const completed = (value: unknown) => ({ kind: "completed", value });
const CANCELLED = { kind: "cancelled" };
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "no error");

type Play = (world: MatrixWorld) => Promise<void>;

interface Nasty {
  readonly name: string;
  readonly body: () => Gen<unknown>;
  /** What happens from outside. */
  readonly play?: Play;
  readonly outcome: unknown;
  readonly others?: readonly AnyWorkflow[];
  /** The simulator's interpreter has no words for what it yields. */
  readonly isForeign?: boolean;
}

/** Until the body has said that it came so far. */
const reached = (world: MatrixWorld, value: unknown = 1): Promise<void> =>
  world.until("run", () => world.variable("run", "at") === value);

const cancelAt: Play = async (world) => {
  await reached(world);
  await world.cancel("run", "stop");
};

function* at(value: unknown = 1): Gen<void> {
  const here = yield* variable<unknown>("at", 0);
  yield* here.set(value);
}

const counter = workflow({
  name: "counter",
  run: function* (n: number): Gen<number> {
    return n + (yield* pay(n));
  },
});

const NASTY: readonly Nasty[] = [
  {
    name: "a cancellation inside a shield inside a race inside an all",
    body: function* () {
      const trace: string[] = [];
      const shielded = function* (): Gen<string> {
        const kept = yield* shield(function* () {
          yield* at();
          yield* receive(tick);
          return "kept";
        });
        trace.push(kept);
        return kept;
      };
      try {
        yield* all([race({ shielded, never: sleep("9 days") }), sleep("8 days")]);
      } catch (error) {
        trace.push(nameOf(error));
      }
      yield* checkpoint("after", trace.length);
      return trace;
    },
    play: async (world) => {
      await cancelAt(world);
      await world.signal("run", tick, 1);
    },
    // An all fails with its first branch, and the root's end ends everything.
    outcome: completed(["Cancelled"]),
  },
  {
    name: "a signal that comes at the very moment of its time-out is read once, by somebody",
    body: function* () {
      yield* at();
      const first = yield* receive(tick, { timeout: 1 });
      const second = first ?? (yield* receive(tick));
      return second;
    },
    play: async (world) => {
      await reached(world);
      await world.signal("run", tick, 7);
    },
    outcome: completed(7),
  },
  {
    name: "continueAsNew with signals that nobody read",
    body: function* () {
      yield* at();
      const first = yield* receive(tick);
      if (first === 1) yield* continueAsNew(undefined);
      return [first, yield* receive(tick), yield* receive(tick)];
    },
    play: async (world) => {
      for (const n of [1, 2, 3, 4]) await world.signal("run", tick, n);
    },
    outcome: completed([2, 3, 4]),
  },
  {
    name: "a task that is spawned in a finally, in a cancelled run",
    body: function* () {
      const trace: string[] = [];
      try {
        yield* at();
        yield* sleep("9 days");
      } finally {
        const task = yield* spawn(function* () {
          yield* pay(3);
          trace.push("paid");
        });
        yield* task.join();
        trace.push("joined");
        yield* checkpoint("trace", trace);
      }
      return trace;
    },
    play: cancelAt,
    outcome: CANCELLED,
  },
  {
    name: "a saga of which a compensation fails: the others still run, in reverse",
    body: function* () {
      const trace: string[] = [];
      const undo = (name: string, isBad: boolean) =>
        function* (): Gen<void> {
          yield* pay(1);
          trace.push(name);
          if (isBad) throw new Error(`cannot undo ${name}`);
        };
      try {
        yield* saga(function* (scope) {
          yield* scope.run(pay(1), undo("a", false));
          yield* scope.run(pay(2), undo("b", true));
          yield* scope.run(pay(3), undo("c", false));
          throw new Error("no");
        });
      } catch (error) {
        trace.push(nameOf(error));
      }
      return trace.filter((word) => word.length === 1);
    },
    outcome: completed(["c", "b", "a"]),
  },
  {
    name: "a map with one at a time, cancelled while its first item holds on",
    body: function* () {
      const begun: number[] = [];
      const item = function* (n: number): Gen<number> {
        begun.push(n);
        try {
          yield* at();
          yield* sleep("9 days");
        } catch {
          yield* pay(n);
        }
        return n;
      };
      try {
        yield* map([1, 2, 3], item, { concurrency: 1 });
      } catch (error) {
        return [begun, nameOf(error)];
      }
      return "went on";
    },
    play: cancelAt,
    outcome: completed([[1], "Cancelled"]),
  },
  {
    name: "children in branches of which one loses",
    others: [counter],
    body: function* () {
      const both = all({ a: child(counter, 1), b: child(counter, 2) });
      const won = yield* race({ both, never: sleep("9 days") });
      return won;
    },
    outcome: completed({ tag: "both", value: { a: 2, b: 4 } }),
  },
  {
    name: "a foreign value is yielded in the middle of a race, and caught",
    body: function* () {
      const foreign = function* (): Gen<string> {
        try {
          yield { kind: "sleep", ms: 1 } as never;
        } catch (error) {
          yield* pay(1);
          return nameOf(error);
        }
        return "went on";
      };
      return yield* race({ foreign, never: sleep("9 days") });
    },
    outcome: completed({ tag: "foreign", value: "RaftoralError" }),
    isForeign: true,
  },
  {
    name: "effects of every kind inside a catch, after a cancellation",
    body: function* () {
      try {
        yield* at();
        yield* receive(tick);
      } catch (error) {
        const [a, b] = yield* all([pay(1), compute("two", () => 2)]);
        yield* sleep(5);
        const late = yield* receive(tick, { timeout: 5 });
        const settled = yield* allSettled([pay(3), sleep(1)]);
        return [nameOf(error), a, b, late ?? "none", settled.length];
      }
      return "went on";
    },
    play: cancelAt,
    outcome: completed(["Cancelled", 1, 2, "none", 2]),
  },
  {
    name: "a task is joined by two branches of another scope, and by its spawner",
    body: function* () {
      const task: Task<number> = yield* spawn(pay(5));
      const joined = yield* all([
        function* () {
          return yield* task.join();
        },
        function* () {
          return yield* task.join();
        },
      ]);
      return [...joined, yield* task.join()];
    },
    outcome: completed([5, 5, 5]),
  },
  {
    name: "helpers inside helpers, a thousand deep",
    body: function* () {
      const deep = function* (left: number): Gen<number> {
        if (left === 0) return yield* pay(1);
        return (yield* deep(left - 1)) + 1;
      };
      return yield* deep(1_000);
    },
    outcome: completed(1_001),
  },
  {
    name: "a branch ends the race in which the other one holds a saga open",
    body: function* () {
      const trace: string[] = [];
      const booked = function* (): Gen<void> {
        yield* saga(function* (scope) {
          yield* scope.run(pay(1), function* () {
            yield* pay(-1);
            trace.push("undone");
          });
          yield* receive(tick, { timeout: "9 days" });
        });
      };
      const won = yield* race({ booked, quick: sleep(20) });
      yield* sleep(50);
      return [won.tag, trace];
    },
    outcome: completed(["quick", ["undone"]]),
  },
  {
    name: "the loser of a race catches its cancellation and goes on as long as its parent",
    body: function* () {
      const seen: string[] = [];
      const stubborn = function* (): Gen<void> {
        for (let i = 0; i < 3; i++) {
          try {
            yield* sleep(10_000);
          } catch (error) {
            seen.push(nameOf(error));
            yield* pay(i);
            seen.push("paid");
          }
        }
      };
      yield* race([stubborn, sleep(1)]);
      yield* sleep(1_000);
      return seen;
    },
    outcome: completed(["Cancelled", "paid"]),
  },
  {
    name: "any of branches that all fail, inside an allSettled, with a cancellation in between",
    body: function* () {
      const bad = function* (): Gen<never> {
        yield* at();
        yield* sleep("9 days");
        throw new Error("bad");
      };
      const ends = yield* allSettled([any([bad, bad]), pay(1)]);
      return ends.map(({ status }) => status);
    },
    play: cancelAt,
    outcome: CANCELLED,
  },
  {
    name: "a cancellation before the body began",
    body: function* () {
      try {
        yield* sleep(1);
      } finally {
        yield* pay(1);
      }
    },
    play: async (world) => {
      await world.cancel("run", "at once");
    },
    outcome: CANCELLED,
  },
  {
    name: "signals that come while an all of receives of one name waits: each gets its own",
    body: function* () {
      yield* at();
      return yield* all([receive(tick), receive(tick), receive(tick)]);
    },
    play: async (world) => {
      await reached(world);
      for (const n of [1, 2, 3]) await world.signal("run", tick, n);
    },
    outcome: completed([1, 2, 3]),
  },
  {
    name: "a loser that was to receive takes no signal away from who comes after it",
    body: function* () {
      yield* race([receive(tick), sleep(1)]);
      yield* at();
      return yield* receive(tick);
    },
    play: async (world) => {
      await reached(world);
      await world.signal("run", tick, 4);
    },
    outcome: completed(4),
  },
  {
    name: "a task ends its spawner's join by failing, while a sibling is shielded",
    body: function* () {
      const trace: unknown[] = [];
      const failing = yield* spawn(function* (): Gen<never> {
        yield* pay(1);
        throw new TypeError("task");
      });
      const kept = yield* spawn(() => shield(pay(2)));
      try {
        yield* failing.join();
      } catch (error) {
        trace.push(nameOf(error));
      }
      trace.push(yield* kept.join());
      return trace;
    },
    outcome: completed(["TypeError", 2]),
  },
  {
    name: "continueAsNew out of a branch of an all ends the whole run",
    body: function* () {
      const first = yield* receive(tick);
      if (first === 1) {
        yield* all([
          function* () {
            yield* pay(1);
            yield* continueAsNew(undefined);
          },
          sleep("9 days"),
        ]);
      }
      return first;
    },
    play: async (world) => {
      await world.signal("run", tick, 1);
      await world.signal("run", tick, 2);
    },
    outcome: completed(2),
  },
];

function workflowOf({ name, body }: Nasty): Workflow<undefined, unknown> {
  return workflow({ name, run: () => body() });
}

/** Two interpreters read the accepted history alike. */
function readAgain(run: Run, flow: AnyWorkflow): void {
  const { end, trouble } = followDirectly(run, flow, false);
  assert.is(trouble, undefined);
  assert.is(end === undefined ? "no end" : endInWords(end), toldEnd(run.status));
}

const present = async (world: MatrixWorld, id: string): Promise<Run> => {
  let found: Run | undefined;
  await world.until(id, (run) => {
    found = run;
    return true;
  });
  if (found === undefined) throw new Error(`no run ${id}`);
  return found;
};

for (const nasty of NASTY) {
  for (const nodes of [1, 3]) {
    test(`${nasty.name}: on ${nodes}`, async () => {
      const flow = workflowOf(nasty);
      const report = await crashMatrix({
        nodes,
        scenario: async (world) => {
          for (const other of nasty.others ?? []) await world.know(other);
          await world.start(flow, undefined, "run");
          await nasty.play?.(world);
          const end = await world.end("run");
          if (nasty.isForeign !== true) readAgain(await present(world, "run"), flow);
          return end;
        },
      });
      assert.equal(report.outcome, nasty.outcome);
      assert.ok(report.takeovers > 2, `${report.takeovers} takeovers`);
    });
  }
}

test("children in children, of which the middle one is reset while it waits", async () => {
  const inner = workflow({
    name: "inner",
    run: function* (n: number): Gen<number> {
      return n + (yield* receive(tick));
    },
  });
  const middle = workflow({
    name: "middle",
    run: function* (n: number): Gen<number> {
      const paid = yield* pay(n);
      yield* at();
      return paid + (yield* child(inner, n, { id: "inner" }));
    },
  });
  const outer = workflow({
    name: "outer",
    run: function* (n: number): Gen<number> {
      return yield* child(middle, n, { id: "middle" });
    },
  });
  const report = await crashMatrix({
    nodes: 3,
    scenario: async (world) => {
      for (const flow of [inner, middle]) await world.know(flow);
      await world.start(outer, 3, "outer");
      await world.until("middle", () => world.variable("middle", "at") === 1);
      const before = await present(world, "middle");
      const reply = await world.propose({
        kind: "reset",
        runId: before.id,
        to: path("0"),
        id: "again",
      });
      assert.is(reply.kind, "started");
      const isOpen = (run: Run): boolean => run.status.kind === "running";
      await world.until("inner", isOpen);
      await world.signal("inner", tick, 10);
      const end = await world.end("outer");
      readAgain(await present(world, "middle"), middle);
      return end;
    },
  });
  assert.equal(report.outcome, completed(16));
});

test("an all of ten thousand branches", async () => {
  const wide = workflow({
    name: "wide",
    run: function* (): Gen<number> {
      const branch = (i: number) =>
        function* (): Gen<number> {
          yield* random();
          return i;
        };
      const given = yield* all(Array.from({ length: 10_000 }, (_, i) => branch(i)));
      yield* checkpoint("sum", given.length);
      const mapped = yield* map(given.slice(0, 2_000), (i) => checkpoint("i", i), {
        concurrency: 100,
      });
      return given.length + mapped.length;
    },
  });
  const report = await crashMatrix({
    nodes: 1,
    scenario: async (world) => {
      await world.start(wide, undefined, "run");
      return await world.end("run");
    },
  });
  assert.equal(report.outcome, completed(12_000));
});

test.run();
