import { Cancelled, shield, sleep, step, workflow } from "raftoral";

const work = step("work", async (id: string) => id);
const undo = step("undo", async (id: string) => id);

export const undoing = workflow({
  name: "undoing",
  run: function* (id: string) {
    try {
      yield* work(id);
      yield* sleep("1 hour");
      return "done";
    } catch (error) {
      if (error instanceof Cancelled) yield* shield(undo(id));
      throw error;
    }
  },
});
