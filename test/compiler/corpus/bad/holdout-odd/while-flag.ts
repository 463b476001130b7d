import { sleep, step, workflow } from "raftoral";

const check = step("check", async (id: string) => id === "");

export const watched = workflow({
  name: "watched",
  run: function* (id: string) {
    while (true) {
      const isDone = yield* check(id);
      if (!isDone) yield* sleep("1 minute");
    }
  },
});
