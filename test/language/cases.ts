// One case for each effect of the language: what happens from outside, and how it must end.
// The test beside this file runs each on one process, on three, on whole nodes and through the
// crash matrix.

import {
  type AnyWorkflow,
  all,
  allSettled,
  any,
  checkpoint,
  child,
  compute,
  continueAsNew,
  fail,
  type Gen,
  info,
  log,
  map,
  now,
  patched,
  race,
  random,
  receive,
  saga,
  shield,
  signal,
  sleep,
  sleepUntil,
  spawn,
  step,
  uuid,
  variable,
  workflow,
} from "raftoral";
import type { MatrixWorld } from "../../src/testing/crash-matrix.ts";

/** What a case needs of its surroundings: the crash matrix has it, and so have whole nodes. */
export type CaseWorld = Pick<MatrixWorld, "start" | "signal" | "cancel" | "end"> & {
  /** Registers a workflow that only other workflows start. */
  know(workflow: AnyWorkflow): Promise<void>;
  /** Until the variable has the value. */
  untilVariable(id: string, name: string, value: unknown): Promise<void>;
};

export interface Case {
  /** The effects that it is about. */
  readonly effects: readonly string[];
  readonly name: string;
  readonly scenario: (world: CaseWorld) => Promise<unknown>;
  readonly outcome: unknown;
}

const charge = step("charge", (cents: number) => cents);
const refund = step("refund", (cents: number) => -cents);
const approval = signal<{ readonly by: string }>("approval");
const tick = signal<number>("tick");
export const completed = (value: unknown) => ({ kind: "completed", value });

/** Starts it under its own name, does what is to be done, and gives how it ended. */
export const ended =
  <I>(
    definition: Parameters<CaseWorld["start"]>[0],
    input: I,
    then: (world: CaseWorld, id: string) => Promise<void> = async () => {},
    id = `${definition.name} ${JSON.stringify(input)}`,
  ) =>
  async (world: CaseWorld): Promise<unknown> => {
    await world.start(definition, input, id);
    await then(world, id);
    return await world.end(id);
  };

const approved = workflow({
  name: "approved",
  run: function* (cents: number): Gen<unknown> {
    const status = yield* variable("status", "waits");
    const first = yield* receive(approval);
    yield* status.set("first");
    const second = yield* receive(approval, { timeout: "20s" });
    return [first, second, yield* charge(cents)];
  },
});

const impatient = workflow({
  name: "impatient",
  run: function* (): Gen<unknown> {
    const got = yield* receive(approval, { timeout: "20s" });
    return [got, yield* receive(approval, { timeout: 0 })];
  },
});

const cancelled = workflow({
  name: "cancelled",
  run: function* (): Gen<unknown> {
    const status = yield* variable("status", "works");
    try {
      yield* all([receive(approval), sleep("1 hour")]);
    } finally {
      yield* refund(5);
      yield* status.set("cleaned up");
    }
    return "never";
  },
});

const shielded = workflow({
  name: "shielded",
  run: function* (): Gen<unknown> {
    const status = yield* variable("status", "works");
    const done = yield* shield(function* (): Gen<number> {
      yield* receive(approval);
      return yield* charge(1);
    });
    try {
      yield* sleep("1 hour");
    } catch {
      yield* status.set("felt it afterwards");
    }
    return [done, status.value];
  },
});

const tasked = workflow({
  name: "tasked",
  run: function* (): Gen<unknown> {
    const slow = yield* spawn(function* (): Gen<number> {
      yield* sleep("1s");
      return yield* charge(2);
    });
    const never = yield* spawn(sleep("1 hour"));
    const quick = yield* charge(1);
    yield* never.cancel();
    const ends = yield* allSettled([never.join(), slow.join()]);
    return [quick, ends.map(({ status }) => status), yield* slow.join()];
  },
});

const gathered = workflow({
  name: "gathered",
  run: function* (): Gen<unknown> {
    const settled = yield* allSettled({ ok: charge(1), no: fail("declined") });
    const first = yield* any([fail("a"), sleep("20s"), charge(2)]);
    const mapped = yield* map([3, 1, 2], (cents) => charge(cents), { concurrency: 2 });
    const raced = yield* race({ late: sleep("20s"), paid: charge(4) });
    const reason = settled.no.status === "rejected" ? String(settled.no.reason) : "";
    return [settled.ok.status, reason, first, mapped, raced];
  },
});

const punctual = workflow({
  name: "punctual",
  run: function* (): Gen<unknown> {
    const at = (yield* now()).getTime();
    yield* sleepUntil(new Date(at - 1_000));
    yield* sleepUntil(new Date(at + 20_000));
    return (yield* now()).getTime() - at >= 20_000;
  },
});

const failing = workflow({
  name: "failing",
  run: function* (): Gen<unknown> {
    yield* charge(1);
    return yield* fail(new RangeError("declined"));
  },
});

const book = (what: string) => compute(`book ${what}`, () => what);
const undo = (what: string) => compute(`undo ${what}`, () => what);

const trip = workflow({
  name: "trip",
  run: function* (waits: boolean): Gen<unknown> {
    const stage = yield* variable("stage", "books");
    const undone = yield* variable<readonly string[]>("undone", []);
    const undoing = (what: string) =>
      function* (): Gen<void> {
        yield* undo(what);
        yield* undone.update((list) => [...list, what]);
      };
    yield* saga(function* (outer): Gen<void> {
      yield* outer.run(book("flight"), undoing);
      yield* saga((inner) => inner.run(book("hotel"), undoing));
      yield* stage.set("booked");
      if (waits) yield* sleep("1 hour");
      yield* fail("no car");
    });
    return "never";
  },
});

const guarded = workflow({
  name: "guarded",
  run: function* (): Gen<unknown> {
    const answers: boolean[] = [];
    for (let i = 0; i < 2; i++) {
      answers.push(yield* patched("taxes"));
      yield* charge(i);
    }
    return answers[0] === answers[1];
  },
});

const flaky = step(
  "flaky",
  (failures: number, fx) => {
    fx.heartbeat(fx.attempt);
    if (fx.attempt <= failures) throw new Error("try again");
    return "done";
  },
  { retry: { attempts: 4, backoff: "100ms" }, totalTimeout: "1 hour", heartbeatTimeout: "1 hour" },
);
const once = step("once", () => "done", { atMostOnce: true });

const careful = workflow({
  name: "careful",
  run: function* (): Gen<unknown> {
    const tried = yield* flaky(2);
    try {
      return [tried, yield* once()];
    } catch (error) {
      // With a takeover in the middle nobody knows: never run twice.
      return [tried, error instanceof Error && error.name === "EffectOutcomeUnknown" ? "done" : 0];
    }
  },
});

const cook = workflow({
  name: "cook",
  run: function* (dish: string): Gen<string> {
    const stage = yield* variable("stage", "cooks");
    try {
      if (dish === "stone") yield* sleep("1 hour");
      if (dish === "poison") yield* fail("spoiled");
      return yield* compute("serve", () => `${dish}, served`);
    } finally {
      yield* stage.set("cleaned up");
    }
  },
});

const dinner = workflow({
  name: "dinner",
  run: function* (): Gen<unknown> {
    const starter = yield* child(cook, "soup");
    const main = yield* child.start(cook, "roast", { id: "the roast" });
    const spoiled = yield* allSettled([child(cook, "poison")]);
    yield* race([sleep("1s"), child(cook, "stone", { id: "the stone" })]);
    const taken = yield* allSettled([child(cook, "cake", { id: "the roast" })]);
    const errors = [...spoiled, ...taken].map((end) =>
      end.status === "rejected" && end.reason instanceof Error ? end.reason.name : "",
    );
    yield* child.start(cook, "stone", { id: "left alone", parentClose: "abandon" });
    yield* child.start(cook, "stone", { id: "left behind" });
    return [starter, yield* main.result(), main.workflowId, errors];
  },
});

const counting = workflow({
  name: "counting",
  run: function* ({ seen }: { readonly seen: readonly number[] }): Gen<unknown> {
    yield* variable("seen", seen.length);
    const value = yield* receive(tick);
    const next = [...seen, value];
    if (next.length === 4) return next;
    return yield* continueAsNew({ seen: next });
  },
});

const keep = step("keep", (value: unknown) => value);

const deriving = workflow({
  name: "deriving",
  run: function* (): Gen<unknown> {
    const own = [yield* random(), yield* uuid(), (yield* info()).runId];
    const written = yield* checkpoint("own", own);
    yield* log("derived", { count: own.length });
    // What the step recorded once is what every replay derives again.
    const kept = yield* keep(own);
    yield* sleep("1s");
    const isOther = (yield* random()) !== own[0] && (yield* uuid()) !== own[1];
    return [JSON.stringify(kept) === JSON.stringify([...own]), written.length, isOther];
  },
});

export const WORKFLOWS: readonly AnyWorkflow[] = [
  approved,
  impatient,
  cancelled,
  shielded,
  tasked,
  gathered,
  punctual,
  failing,
  trip,
  guarded,
  careful,
  cook,
  dinner,
  counting,
  deriving,
];

export const CASES: readonly Case[] = [
  {
    name: "signals are received in their order, each once",
    effects: ["signal", "receive", "variable"],
    scenario: ended(approved, 7, async (world, id) => {
      await world.signal(id, approval, { by: "ann" });
      await world.signal(id, approval, { by: "bob" });
    }),
    outcome: completed([{ by: "ann" }, { by: "bob" }, 7]),
  },
  {
    name: "a receive that nobody answers gives undefined",
    effects: ["receive"],
    scenario: ended(impatient, undefined),
    outcome: completed([undefined, undefined]),
  },
  {
    name: "a cancellation is thrown where the body waits, and clean-up uses effects",
    effects: ["all", "sleep", "step"],
    scenario: ended(cancelled, undefined, async (world, id) => {
      await world.untilVariable(id, "status", "works");
      await world.cancel(id, "changed my mind");
      await world.untilVariable(id, "status", "cleaned up");
    }),
    outcome: { kind: "cancelled" },
  },
  {
    name: "what is shielded is not cancelled",
    effects: ["shield"],
    scenario: ended(shielded, undefined, async (world, id) => {
      await world.untilVariable(id, "status", "works");
      await world.cancel(id, "changed my mind");
      await world.signal(id, approval, { by: "ann" });
    }),
    outcome: completed([1, "felt it afterwards"]),
  },
  {
    name: "tasks run beside their spawner, are joined and cancelled",
    effects: ["spawn", "allSettled"],
    scenario: ended(tasked, undefined),
    outcome: completed([1, ["rejected", "fulfilled"], 2]),
  },
  {
    name: "combinators gather what their branches give",
    effects: ["allSettled", "any", "map", "race", "fail"],
    scenario: ended(gathered, undefined),
    outcome: completed([
      "fulfilled",
      "NonRetryable: declined",
      { tag: 2, value: 2 },
      [3, 1, 2],
      { tag: "paid", value: 4 },
    ]),
  },
  {
    name: "sleepUntil ends at its moment, and at once when that has passed",
    effects: ["sleepUntil", "now"],
    scenario: ended(punctual, undefined),
    outcome: completed(true),
  },
  {
    name: "fail ends the run with the error",
    effects: ["fail"],
    scenario: ended(failing, undefined),
    outcome: { kind: "failed", value: "RangeError: declined" },
  },
  {
    name: "a saga that fails is undone in reverse order, a nested one too",
    effects: ["saga", "compute"],
    scenario: ended(trip, false, (world, id) =>
      world.untilVariable(id, "undone", ["hotel", "flight"]),
    ),
    outcome: { kind: "failed", value: "NonRetryable: no car" },
  },
  {
    name: "a saga that is cancelled is undone",
    effects: ["saga"],
    scenario: ended(trip, true, async (world, id) => {
      await world.untilVariable(id, "stage", "booked");
      await world.cancel(id, "no holiday");
      await world.untilVariable(id, "undone", ["hotel", "flight"]);
    }),
    outcome: { kind: "cancelled" },
  },
  {
    name: "patched gives one answer for the run",
    effects: ["patched"],
    scenario: ended(guarded, undefined),
    outcome: completed(true),
  },
  {
    name: "a step is retried by its policy, and one that may run only once is not",
    effects: ["step"],
    scenario: ended(careful, undefined),
    outcome: completed(["done", "done"]),
  },
  {
    name: "children are runs of their own: awaited, cancelled with their branch, closed at the end",
    effects: ["child"],
    scenario: async (world) => {
      await world.know(cook);
      const end = await ended(dinner, undefined)(world);
      await world.untilVariable("the stone", "stage", "cleaned up");
      const ends = [await world.end("the stone"), await world.end("left behind")];
      await world.cancel("left alone", "enough");
      return [end, ...ends, await world.end("left alone")];
    },
    outcome: [
      completed([
        "soup, served",
        "roast, served",
        "the roast",
        ["WorkflowFailed", "WorkflowConflict"],
      ]),
      { kind: "cancelled" },
      { kind: "cancelled" },
      { kind: "cancelled" },
    ],
  },
  {
    name: "continueAsNew goes on with what was not read",
    effects: ["continueAsNew"],
    scenario: ended(counting, { seen: [] }, async (world, id) => {
      for (const value of [1, 2, 3, 4]) await world.signal(id, tick, value);
    }),
    outcome: completed([1, 2, 3, 4]),
  },
  {
    name: "what is derived is the same on every replay, and another at each call",
    effects: ["random", "uuid", "info", "log", "checkpoint"],
    scenario: ended(deriving, undefined),
    outcome: completed([true, 3, true]),
  },
];
