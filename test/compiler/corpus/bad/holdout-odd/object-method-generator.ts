import { step, workflow } from "raftoral";

const push = step("push", async (n: number) => n);
const flow = {
  *first(n: number) {
    return yield* push(n);
  },
  *second(n: number) {
    return yield* push(n * Math.random());
  },
};

export const flows = workflow({
  name: "flows",
  run: function* (n: number) {
    yield* flow.first(n);
    return yield* flow.second(n);
  },
});
