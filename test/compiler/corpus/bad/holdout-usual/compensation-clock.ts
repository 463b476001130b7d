import { saga, step, workflow } from "raftoral";

const book = step("book", async (seat: string) => seat);
const refund = step("refund", async (of: { seat: string; at: number }) => of.seat);

export const booking = workflow({
  name: "booking",
  run: function* (seat: string) {
    return yield* saga(function* (scope) {
      scope.compensate(() => refund({ seat, at: Date.now() }));
      return yield* book(seat);
    });
  },
});
