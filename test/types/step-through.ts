// Compiled by `tsc`, never run: what a stepping test may say is what the workflow's types say.

import { signal, step, workflow } from "raftoral";
import { type Current, type Provider, provide, stepThrough } from "raftoral/testing";
import { same } from "./workflow-language.ts";

const charge = step("charge", (order: { readonly cents: number }) => ({ id: order.cents }));
const ping = step("ping", () => {});
const pay = workflow({
  name: "pay",
  run: function* (input: { readonly cents: number }) {
    return yield* charge(input);
  },
});
const inputless = workflow({
  name: "inputless",
  run: function* () {
    yield* ping();
  },
});

export function expectations(): void {
  const t = stepThrough(pay, { cents: 1 });
  stepThrough(inputless);
  same<ReturnType<typeof t.expectDone>, { id: number }>(true);
  t.expect(charge, { cents: 1 }).resolve({ id: 1 });
  t.expect(ping).resolve();
  // @ts-expect-error A result of another type.
  t.expect(charge).resolve({ id: "1" });
  // @ts-expect-error A step that gives something is not answered by nothing.
  t.expect(charge).resolve();
  // @ts-expect-error An input of another type.
  t.expect(charge, { euros: 1 });
  // @ts-expect-error An input that the workflow does not take.
  stepThrough(pay, 1);
  // @ts-expect-error No input.
  stepThrough(pay);
  // @ts-expect-error An end of another type.
  t.expectDone({ id: "1" });

  const race = t.expectRace({ paid: charge, late: "sleep", odd: "branch" });
  race.win("paid", { id: 1 });
  race.win("late");
  race.win("odd", 1);
  // @ts-expect-error A label that the race does not have.
  race.win("other");
  // @ts-expect-error A winner of another type.
  race.win("paid", "1");
  // @ts-expect-error A timer gives nothing.
  race.win("late", 1);

  // @ts-expect-error A branch that the race does not have.
  race.branch("other");
  race.branch("odd").expect(charge);
  const listed = t.expectRace({ 0: charge, 1: "sleep" });
  listed.win("0", { id: 1 });
  listed.win("1");
  // @ts-expect-error A list of two has no third.
  listed.win("2");
  const branches = t.expectAll({ a: charge, 1: charge });
  branches.branch("a");
  branches.branch("1");
  // @ts-expect-error A branch that the shape does not have.
  branches.branch("b");
  t.expectAll().branch("whichever");
}

export function furtherExpectations(): void {
  const t = stepThrough(pay, { cents: 1 });
  t.expectSignal(approval).deliver({ isOk: true });
  t.expectSignal(nudge).deliver();
  t.signal(approval, { isOk: true });
  t.signal(nudge);
  // @ts-expect-error A signal of another type.
  t.expectSignal(approval).deliver({ isOk: 1 });
  // @ts-expect-error A signal that carries something is not delivered empty.
  t.expectSignal(approval).deliver();
  // @ts-expect-error A signal of another type.
  t.signal(approval, true);
  t.expectChild(pay, { cents: 1 }).resolve({ id: 1 });
  // @ts-expect-error A child's end of another type.
  t.expectChild(pay).resolve({ id: "1" });
  // @ts-expect-error A child's input of another type.
  t.expectChild(pay, 1);
  t.expectSpawn(charge, { cents: 1 }).resolve({ id: 1 });
  // @ts-expect-error A task's step has the step's type.
  t.expectSpawn(charge).resolve(1);
  t.expectCompute<number>("sum").resolve(1);
  // @ts-expect-error A result of another type than was said.
  t.expectCompute<number>("sum").resolve("1");
  t.expect(charge)
    .fail({ times: 2, with: new Error("503") })
    .resolve({ id: 1 });
  // @ts-expect-error What fails says with what.
  t.expect(charge).fail({ times: 2 });
  // @ts-expect-error No duration.
  t.expectSleep("soon");
  t.expectFailed(RangeError);
  t.expectFailed(/out/);
  // @ts-expect-error No error's class.
  t.expectFailed(Date);
  // @ts-expect-error What was undone are steps.
  t.expectCompensated("refund");
  t.runUntil(charge, [provide(ping, undefined)]).resolve({ id: 1 });
  // @ts-expect-error A step that is run until has its own type.
  t.runUntil(charge, []).resolve(1);
  t.runUntilSignal(approval, []).deliver({ isOk: true });
  // @ts-expect-error A signal that is run until has its own type.
  t.runUntilSignal(approval, []).deliver(1);
  t.runUntilChild(pay, []).resolve({ id: 1 });
  // @ts-expect-error A child that is run until has its own type.
  t.runUntilChild(pay, []).resolve("1");
  // @ts-expect-error An answer is given by provide().
  t.runUntil(charge, [[ping, undefined]]);
  same<typeof t.current, Current>(true);
  const { current } = t;
  if (current.kind === "step") same<typeof current.attempt, number>(true);
  // @ts-expect-error A sleep has no attempts.
  if (current.kind === "sleep") current.attempt;
  t.fork().expectDone({ id: 1 });
}

const approval = signal<{ readonly isOk: boolean }>("approval");
const nudge = signal("nudge");

export const providers: readonly Provider[] = [
  provide(charge, { id: 1 }),
  provide(charge, async ({ cents }) => ({ id: cents })),
  // @ts-expect-error An answer of another type.
  provide(charge, { id: "1" }),
  // @ts-expect-error A body that gives another type.
  provide(charge, () => 1),
];
