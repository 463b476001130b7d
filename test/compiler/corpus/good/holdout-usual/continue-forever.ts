import { continueAsNew, receive, signal, step, variable, workflow } from "raftoral";

const reading = signal<number>("reading");
const store = step("store", async (values: readonly number[]) => values.length);

export const meter = workflow({
  name: "meter",
  run: function* (input: { readonly kept: number }) {
    const status = yield* variable("status", "idle");
    const values: number[] = [];
    while (values.length < 100) {
      const value = yield* receive(reading, { timeout: "1 hour" });
      if (value === undefined) break;
      values.push(value);
      yield* status.set(`${values.length} readings`);
    }
    const kept = input.kept + (yield* store(values));
    return yield* continueAsNew({ kept });
  },
});
