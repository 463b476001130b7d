import { saga, step, workflow } from "raftoral";

const flight = step("flight", async (to: string) => `f-${to}`);
const cancelFlight = step("cancel-flight", async (id: string) => id);
const hotel = step("hotel", async (to: string) => `h-${to}`);
const cancelHotel = step("cancel-hotel", async (id: string) => id);

export const trip = workflow({
  name: "trip",
  run: function* (to: string) {
    return yield* saga(function* (scope) {
      const a = yield* scope.run(flight(to), cancelFlight);
      scope.compensate(() => cancelHotel(`h-${to}`));
      const b = yield* hotel(to);
      return [a, b];
    });
  },
});
