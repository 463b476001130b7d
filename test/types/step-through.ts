// Compiled by `tsc`, never run: what a stepping test may say is what the workflow's types say.

import { step, workflow } from "raftoral";
import { provide, stepThrough } from "raftoral/testing";
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

  provide(charge, { id: 1 });
  provide(charge, async ({ cents }) => ({ id: cents }));
  // @ts-expect-error An answer of another type.
  provide(charge, { id: "1" });
  // @ts-expect-error A body that gives another type.
  provide(charge, () => 1);
}
