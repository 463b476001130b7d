import { step, workflow } from "raftoral";
import clock from "./_clock.ts";

const save = step("save", async (n: number) => n);

export const clocked = workflow({
  name: "clocked",
  run: function* () {
    return yield* save(clock.millis());
  },
});
