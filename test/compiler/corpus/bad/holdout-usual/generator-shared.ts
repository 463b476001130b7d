import { race, sleep, step, workflow } from "raftoral";

const approve = step("approve", async (id: string) => id);

function* ask(id: string) {
  return yield* approve(id);
}

export const twoRounds = workflow({
  name: "two-rounds",
  run: function* (id: string) {
    const asking = ask(id);
    const first = yield* race({ asked: asking, late: sleep("1 day") });
    if (first.tag === "asked") return id;
    return yield* asking;
  },
});
