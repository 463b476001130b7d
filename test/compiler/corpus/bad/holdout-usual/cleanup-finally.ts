import { step, workflow } from "raftoral";

const lock = step("lock", async (id: string) => id);
const unlock = step("unlock", async (id: string) => id);
const work = step("work", async (id: string) => id.length);

export const exclusive = workflow({
  name: "exclusive",
  run: function* (id: string) {
    yield* lock(id);
    try {
      return yield* work(id);
    } finally {
      yield* unlock(id);
    }
  },
});
