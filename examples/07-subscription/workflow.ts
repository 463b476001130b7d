import { continueAsNew, receive, signal, step, workflow } from "raftoral";

export const cancelled = signal<string>("cancelled");

export interface Subscription {
  readonly customer: string;
  readonly periodMs: number;
  readonly paidPeriods: number;
}

const charge = step("charge", (of: Subscription) => `${of.customer} ${of.paidPeriods + 1}`);

export const subscription = workflow({
  name: "subscription",
  run: function* (of: Subscription) {
    yield* charge(of);
    const why = yield* receive(cancelled, { timeout: of.periodMs });
    const paidPeriods = of.paidPeriods + 1;
    if (why !== undefined) return { paidPeriods, why };
    // Goes on for years with a short journal; unread signals go with it.
    return yield* continueAsNew({ ...of, paidPeriods });
  },
});
