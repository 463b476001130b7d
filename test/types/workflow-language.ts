// Compiled by `tsc`, never run: each expected error is a law of DESIGN §2.

import type { Fx } from "../../src/workflow/dsl/call.ts";
import { child } from "../../src/workflow/dsl/child.ts";
import { all, allSettled, any, map, race } from "../../src/workflow/dsl/combinators.ts";
import {
  type AnyWorkflow,
  type InputOf,
  type OutputOf,
  type Workflow,
  workflow,
} from "../../src/workflow/dsl/define.ts";
import { info, log, now, random, uuid } from "../../src/workflow/dsl/derived.ts";
import type { ChildRun, Gen, Op, RunInfo, Task, Variable } from "../../src/workflow/dsl/effect.ts";
import { continueAsNew, fail } from "../../src/workflow/dsl/ending.ts";
import { patched } from "../../src/workflow/dsl/patched.ts";
import { saga } from "../../src/workflow/dsl/saga.ts";
import { receive, type Signal, signal } from "../../src/workflow/dsl/signal.ts";
import { sleep, sleepUntil } from "../../src/workflow/dsl/sleep.ts";
import { compute, effects, type Step, step } from "../../src/workflow/dsl/step.ts";
import { shield, spawn } from "../../src/workflow/dsl/task.ts";
import { checkpoint, variable } from "../../src/workflow/dsl/write-behind.ts";

/** Does not compile unless A and B are the same type, `any` included. */
export function same<A, B>(
  _isSame: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false,
): void {}

interface Order {
  readonly id: string;
  readonly total: number;
}

const charge = step("charge", async (order: Order, fx) => {
  same<typeof fx, Fx>(true);
  return { receipt: order.id, attempt: fx.attempt };
});
const ping = step("ping", () => "pong" as const);
const withDeps = effects<{ readonly bank: string }>();
const transfer = withDeps.step("transfer", (amount: number, fx) => fx.deps.bank.length + amount);

same<typeof charge, Step<Order, { receipt: string; attempt: number }>>(true);
same<typeof ping, Step<void, "pong">>(true);
same<typeof transfer, Step<number, number>>(true);

/** `yield*` gives exactly the effect's type. */
export const exact: Workflow<Order, string> = workflow({
  name: "exact",
  run: function* (order: Order) {
    const receipt = yield* charge(order);
    same<typeof receipt, { receipt: string; attempt: number }>(true);
    const pong = yield* ping();
    same<typeof pong, "pong">(true);
    const sync = yield* compute("sync", () => 1);
    same<typeof sync, number>(true);
    const asynchronous = yield* compute("async", async (fx) => fx.isRecovery);
    same<typeof asynchronous, boolean>(true);
    const bank = yield* withDeps.compute("bank", (fx) => fx.deps.bank);
    same<typeof bank, string>(true);
    const kept = yield* checkpoint("kept", { a: 1 });
    same<typeof kept, { a: number }>(true);
    const status = yield* variable("status", "new");
    same<typeof status, Variable<string>>(true);
    same<typeof status.value, string>(true);
    const set = yield* status.set("old");
    same<typeof set, void>(true);
    const updated = yield* status.update((value) => `${value}!`);
    same<typeof updated, string>(true);
    const union = yield* variable<"a" | "b">("union", "a");
    same<typeof union, Variable<"a" | "b">>(true);
    const slept = yield* sleep("1 day");
    same<typeof slept, void>(true);
    const at = yield* now();
    same<typeof at, Date>(true);
    const share = yield* random();
    same<typeof share, number>(true);
    const id = yield* uuid();
    same<typeof id, string>(true);
    const run = yield* info();
    same<typeof run, RunInfo>(true);
    yield* log("line", { id });
    yield* log.warn("line");
    return id;
  },
});
same<InputOf<typeof exact>, Order>(true);
same<OutputOf<typeof exact>, string>(true);

/** An unannotated definition infers both ends; one without input takes none. */
const inferred = workflow({
  name: "inferred",
  run: function* (_input: { a: number }) {
    yield* sleep(1);
    return { b: yield* helper(2) };
  },
});
same<typeof inferred, Workflow<{ a: number }, { b: string }>>(true);
const inputless = workflow({
  name: "inputless",
  run: function* () {
    yield* sleep(1);
  },
});
same<typeof inputless, Workflow<void, void>>(true);
const annotated = workflow({
  name: "annotated",
  run: function* (_order: Order): Gen<{ readonly status: "done" | "lost" }> {
    yield* sleep(1);
    return { status: "done" };
  },
});
same<OutputOf<typeof annotated>, { readonly status: "done" | "lost" }>(true);
export const anyOfThem: readonly AnyWorkflow[] = [exact, inferred, inputless, annotated];

/** Helpers compose, annotated or not. */
function* helper(n: number): Gen<string> {
  yield* sleep(n);
  return String(n);
}
function* unannotated(n: number) {
  const text = yield* helper(n);
  same<typeof text, string>(true);
  return { text };
}

/** Combinators keep tuples, records and arrays apart. */
export function* combined(orders: readonly Order[]) {
  const tuple = yield* all([charge({ id: "a", total: 1 }), helper(1), () => helper(2), now()]);
  same<typeof tuple, [{ receipt: string; attempt: number }, string, string, Date]>(true);
  const record = yield* all({ text: unannotated(1), pong: ping() });
  same<typeof record, { text: { text: string }; pong: "pong" }>(true);
  const array = yield* all(orders.map((order) => charge(order)));
  same<typeof array, { receipt: string; attempt: number }[]>(true);
  const none = yield* all([]);
  same<typeof none, []>(true);

  const raced = yield* race({ paid: charge({ id: "a", total: 1 }), late: sleep("1 day") });
  if (raced.tag === "paid") same<typeof raced.value, { receipt: string; attempt: number }>(true);
  else same<typeof raced.value, void>(true);
  const indexed = yield* race([ping(), helper(1)]);
  if (indexed.tag === 0) same<typeof indexed.value, "pong">(true);
  else same<typeof indexed.value, string>(true);
  const many = yield* race(orders.map((order) => charge(order)));
  same<typeof many.tag, number>(true);
  same<typeof many.value, { receipt: string; attempt: number }>(true);
}

const approval = signal<{ readonly ok: boolean }>("approval");
const nudge = signal("nudge");
same<typeof approval, Signal<{ readonly ok: boolean }>>(true);

/** Signals, tasks, endings: `undefined` only where there is a time-out; an end is `never`. */
export function* further(orders: readonly Order[], within: { readonly timeout?: number }) {
  const approved = yield* receive(approval);
  same<typeof approved, { readonly ok: boolean }>(true);
  const inTime = yield* receive(approval, { timeout: "1 day" });
  same<typeof inTime, { readonly ok: boolean } | undefined>(true);
  const perhaps = yield* receive(approval, within);
  same<typeof perhaps, { readonly ok: boolean } | undefined>(true);
  const nudged = yield* receive(nudge);
  same<typeof nudged, void>(true);
  const task = yield* spawn(helper(1));
  same<typeof task, Task<string>>(true);
  const joined = yield* task.join();
  same<typeof joined, string>(true);
  const safe = yield* shield(() => helper(1));
  same<typeof safe, string>(true);
  const receipts = yield* map(orders, (order, index) => {
    same<typeof index, number>(true);
    return charge(order);
  });
  same<typeof receipts, { receipt: string; attempt: number }[]>(true);
  const settled = yield* allSettled({ pong: ping(), text: helper(1) });
  same<typeof settled.pong, PromiseSettledResult<"pong">>(true);
  const first = yield* any({ pong: ping(), text: helper(1) });
  if (first.tag === "pong") same<typeof first.value, "pong">(true);
  const undone = yield* saga(function* (s) {
    const pong = yield* s.run(ping(), (value) => {
      same<typeof value, "pong">(true);
      return sleep(1);
    });
    same<typeof pong, "pong">(true);
    return pong.length;
  });
  same<typeof undone, number>(true);
  const shipped = yield* child(exact, { id: "a", total: 1 });
  same<typeof shipped, string>(true);
  const started = yield* child.start(exact, { id: "a", total: 1 }, { parentClose: "abandon" });
  same<typeof started, ChildRun<string>>(true);
  const end = yield* started.result();
  same<typeof end, string>(true);
  yield* sleepUntil(new Date(0));
  const isNew = yield* patched("taxes");
  same<typeof isNew, boolean>(true);
  if (isNew) return yield* fail("no");
  return yield* continueAsNew({ a: 1 });
}
export const never: Gen<never> = further([], {});

/** What would go wrong in silence does not compile. */
export const refused: readonly unknown[] = [
  workflow({
    name: "bare-yield",
    // @ts-expect-error `yield op` would give nothing: it is `yield* op`.
    run: function* (order: Order) {
      yield charge(order);
      return 1;
    },
  }),
  workflow({
    name: "returned-op",
    // @ts-expect-error An Op that is returned was never asked.
    run: function* (order: Order) {
      return charge(order);
    },
  }),
  workflow({
    name: "async-generator",
    // @ts-expect-error Between effects a body is synchronous.
    run: async function* (order: Order) {
      return order.id;
    },
  }),
  workflow({
    name: "not-a-generator",
    // @ts-expect-error A body is a generator function.
    run: async (order: Order) => order.id,
  }),
  // @ts-expect-error A step is called with its input.
  charge(1),
  // @ts-expect-error A step with an input has one.
  charge(),
  // @ts-expect-error Without `effects<Deps>()` nothing is known of deps.
  step("untyped", (_order: Order, fx) => fx.deps.bank),
  // @ts-expect-error Not a duration.
  sleep("soon"),
  // @ts-expect-error A branch is an Op or a generator.
  all([1]),
  // @ts-expect-error A signal of one type is no signal of another.
  receive<number>(approval),
  // @ts-expect-error A child's input is its workflow's.
  child(exact, 5),
  // @ts-expect-error A task is a branch.
  spawn(async () => 1),
  // @ts-expect-error An item's branch is an Op or a generator.
  map([1], (item) => item),
  // @ts-expect-error A date, not its number.
  sleepUntil(5),
  // @ts-expect-error A branch is an Op or a generator, not a promise.
  race({ a: Promise.resolve(1) }),
];

/** An Op of one type is no Op of another. */
export const wide: Op<string | number> = checkpoint<string>("text", "a");
// @ts-expect-error A number is not a string.
export const narrow: Op<string> = checkpoint<number>("number", 1);
