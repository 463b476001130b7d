import { step, workflow } from "raftoral";

let started = 0;
const begin = step("begin", async (n: number) => n);

export const counted = workflow({
  name: "counted",
  run: function* () {
    started += 1;
    return yield* begin(1);
  },
});
