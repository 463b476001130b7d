// The workflow that the laws of stepping are about.

import {
  all,
  checkpoint,
  compute,
  type Gen,
  info,
  now,
  race,
  sleep,
  step,
  variable,
  workflow,
} from "raftoral";

export interface Order {
  readonly id: string;
  readonly cents: number;
}

export class Declined extends Error {}

export const reserve = step("reserve", (_order: Order) => ({ reservationId: "" }), {
  retry: { attempts: 3, backoff: "1s", jitter: 0 },
});
export const charge = step("charge", (_order: Order) => ({ chargeId: "" }), {
  timeout: "5s",
  retry: { attempts: 2, nonRetryable: (error) => error.message === "no" },
});
export const release = step("release", (_reservationId: string) => {});
export const approve = step("approve", (_id: string) => ({ by: "" }));

export const processOrder = workflow({
  name: "process-order",
  run: function* (order: Order): Gen<{ status: string; by?: string }> {
    const status = yield* variable("status", "reserving");
    const { reservationId } = yield* reserve(order);
    yield* checkpoint("reserved", { reservationId });
    try {
      yield* charge(order);
    } catch (error) {
      yield* release(reservationId);
      throw error;
    }
    yield* status.set("approving");
    const decided = yield* race({ approved: approve(order.id), late: sleep("1 day") });
    yield* status.set("done");
    if (decided.tag === "late") return { status: "late" };
    return { status: "shipped", by: decided.value.by };
  },
});

export const fanOut = workflow({
  name: "fan-out",
  run: function* (ids: readonly string[]) {
    return yield* all(ids.map((id) => approve(id)));
  },
});

export const timed = workflow({
  name: "timed",
  run: function* () {
    const before = yield* now();
    yield* sleep({ hours: 1 });
    const after = yield* now();
    const { workflowId } = yield* info();
    return { workflowId, before, hours: (after.getTime() - before.getTime()) / 3_600_000 };
  },
});

/** A branch that is a helper of several effects. */
export const helped = workflow({
  name: "helped",
  run: function* () {
    const won = yield* race({
      long: function* () {
        const a = yield* compute("a", () => 1);
        return a + (yield* compute("b", () => 1));
      },
      never: approve("x"),
    });
    return won.value;
  },
});
