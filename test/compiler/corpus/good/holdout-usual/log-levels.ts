import { info, log, random, step, uuid, workflow } from "raftoral";

const assign = step("assign", async (variant: string) => variant);

export const experiment = workflow({
  name: "experiment",
  run: function* (user: string) {
    const { runId } = yield* info();
    const id = yield* uuid();
    const variant = (yield* random()) < 0.5 ? "a" : "b";
    yield* log(`assigned ${variant}`, { user, runId, id });
    return yield* assign(variant);
  },
});
