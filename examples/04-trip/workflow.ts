import { checkpoint, type Gen, saga, step, workflow } from "raftoral";

export interface Trip {
  readonly id: string;
  readonly isHotelFull: boolean;
}

const bookFlight = step("book-flight", (trip: Trip) => `flight-${trip.id}`);
const cancelFlight = step("cancel-flight", (booking: string) => `${booking} is cancelled`);
const bookHotel = step("book-hotel", (trip: Trip) => {
  if (trip.isHotelFull) throw new Error("the hotel is full");
  return `hotel-${trip.id}`;
});
const cancelHotel = step("cancel-hotel", (booking: string) => `${booking} is cancelled`);

export const bookTrip = workflow({
  name: "book-trip",
  run: function* (trip: Trip) {
    // Fails or is cancelled: what was booked is undone, the last booking first, whoever dies.
    return yield* saga(function* (scope): Gen<readonly string[]> {
      const flight = yield* scope.run(bookFlight(trip), cancelFlight);
      yield* checkpoint("flight", flight);
      const hotel = yield* scope.run(bookHotel(trip), cancelHotel);
      return [flight, hotel];
    });
  },
});
